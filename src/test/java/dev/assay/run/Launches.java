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

/** Made-up launches of one node. */
final class Launches {
    private Launches() {}

    /** A GPU for each list of what it measured. */
    static LaunchResult of(List<List<Measurement>> gpus) {
        List<RankResult> ranks = new ArrayList<>();
        for (int i = 0; i < gpus.size(); i++) {
            ranks.add(rank(i, gpus.size(), gpus.get(i)));
        }
        return new LaunchResult(
                "load-1", LaunchRole.LOAD, 0, List.of("node001"), gpus.size(), ranks, List.of(), Optional.empty());
    }

    private static RankResult rank(int rank, int gpus, List<Measurement> measurements) {
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                "x",
                "load-1",
                rank,
                gpus,
                "node001",
                rank,
                "host",
                "boot",
                1,
                IntStream.range(0, gpus).boxed().toList());
        DeviceIdentity device = new DeviceIdentity(
                "cuda", "NVIDIA H200", "GPU-" + rank, "s", "d", 1, 132, "9.0", 1980, List.of(), Map.of());
        return new RankResult(header, device, measurements, List.of(), List.of(), Optional.empty());
    }
}
