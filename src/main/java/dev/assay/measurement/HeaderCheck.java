package dev.assay.measurement;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Whether a header is the one asked for, and makes sense by itself. */
final class HeaderCheck {
    private HeaderCheck() {}

    /** What is wrong, in words; empty where nothing is. */
    static Optional<String> check(Header header, ResultReader.Expected expected) {
        if (header.schema() < Header.OLDEST || header.schema() > Header.SCHEMA) {
            return Optional.of("has schema version " + header.schema() + ", this suite reads " + Header.OLDEST + " to "
                    + Header.SCHEMA);
        }
        return differs("run", header.run(), expected.run())
                .or(() -> differs("plan", header.plan(), expected.plan()))
                .or(() -> differs("experiment", header.experiment(), expected.experiment()))
                .or(() -> differs("launch", header.launch(), expected.launch()))
                .or(() -> differs("rank", header.rank(), expected.rank()))
                .or(() -> differs("world size", header.worldSize(), expected.worldSize()))
                .or(() -> absurd(header));
    }

    private static Optional<String> differs(String what, Object found, Object expected) {
        return found.equals(expected)
                ? Optional.empty()
                : Optional.of("is of another " + what + ": expected " + expected + ", got " + found);
    }

    private static Optional<String> absurd(Header header) {
        if (header.localRank() < 0 || header.pid() < 0) {
            return Optional.of("must have local rank and pid ≥ 0, got " + header.localRank() + " and " + header.pid());
        }
        List<Integer> ranks = header.communicator();
        boolean whole = ranks.contains(header.rank())
                && ranks.stream().allMatch(rank -> rank >= 0 && rank < header.worldSize())
                && List.copyOf(new TreeSet<>(ranks)).equals(ranks);
        return whole
                ? Optional.empty()
                : Optional.of("must have ascending ranks of its world and its own in its communicator, got " + ranks);
    }
}
