package dev.assay.run;

import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Made-up launches. */
final class Launches {
    private Launches() {}

    /** One node, a GPU for each list of what it measured. */
    static LaunchResult of(List<List<Measurement>> gpus) {
        return of(List.of("node001"), gpus.size(), gpus);
    }

    /** Several nodes, a rank for each list of what it measured. */
    static LaunchResult of(List<String> nodes, int gpusPerNode, List<List<Measurement>> measured) {
        String id = "load-" + nodes.size();
        List<RankResult> ranks = new ArrayList<>();
        for (int i = 0; i < measured.size(); i++) {
            ranks.add(rank(id, i, measured.size(), nodes.get(i / gpusPerNode), i % gpusPerNode, measured.get(i)));
        }
        return new LaunchResult(id, LaunchRole.LOAD, 0, nodes, gpusPerNode, ranks, List.of(), Optional.empty());
    }

    private static RankResult rank(
            String launch, int rank, int ranks, String node, int local, List<Measurement> measurements) {
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                "x",
                launch,
                rank,
                ranks,
                node,
                local,
                "host",
                "boot",
                1,
                IntStream.range(0, ranks).boxed().toList());
        DeviceIdentity device = new DeviceIdentity(
                "cuda", "NVIDIA H200", "GPU-" + rank, "s", "d", 1, 132, "9.0", 1980, List.of(), Map.of());
        return new RankResult(header, device, measurements, List.of(), List.of(), Optional.empty());
    }

    /** The same rank in a communicator of these. */
    static RankResult among(RankResult rank, List<Integer> communicator) {
        Header old = rank.header();
        Header header = new Header(
                old.schema(),
                old.run(),
                old.plan(),
                old.experiment(),
                old.launch(),
                old.rank(),
                old.worldSize(),
                old.node(),
                old.localRank(),
                old.host(),
                old.bootId(),
                old.pid(),
                communicator);
        return new RankResult(
                header, rank.device(), rank.measurements(), rank.checks(), rank.digests(), rank.failure());
    }
}
