package dev.assay.worker;

import dev.assay.plan.Spec;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * The terms on which the ranks of one launch meet.
 *
 * @param folder the launch's, where {@code rendezvous.json} appears
 * @param loopback over 127.0.0.1 only
 */
record Meeting(
        String runId, String launch, Path folder, int rank, List<String> nodeOfRank, boolean loopback, Secret secret) {
    Meeting {
        nodeOfRank = List.copyOf(nodeOfRank);
    }

    /** Kept out of {@code toString}. */
    static final class Secret {
        private final byte[] bytes;

        Secret(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public String toString() {
            return "secret of " + bytes.length + " bytes";
        }
    }

    static Meeting of(Spec spec, RankEnvironment environment, Secret secret) {
        List<String> nodeOfRank = spec.nodes().stream()
                .flatMap(node -> Collections.nCopies(spec.gpusPerNode(), node).stream())
                .toList();
        return new Meeting(
                spec.runId(),
                spec.experiment() + "/" + spec.launch(),
                environment.folder(),
                environment.rank(),
                nodeOfRank,
                spec.loopback(),
                secret);
    }

    int worldSize() {
        return nodeOfRank.size();
    }

    Path file() {
        return folder.resolve("rendezvous.json");
    }

    Handshake handshake() {
        return new Handshake(secret.bytes(), runId + "\n" + launch);
    }

    /** How messages name a rank. */
    String words(int rank) {
        return "rank " + rank + " (" + nodeOfRank.get(rank) + ")";
    }
}
