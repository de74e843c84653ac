package dev.assay.worker;

import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.PlannedChecks;
import dev.assay.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Checks as the plan counts them beforehand, and as the ranks made them. */
final class Planned {
    private Planned() {}

    static Map<String, Integer> checks(Workload workload, LaunchResult launch) {
        Launch planned =
                new Launch(launch.id(), launch.role(), launch.repetition(), launch.nodes(), 1, launch.variant());
        Experiment experiment = new Experiment(workload.key(), workload, List.of(planned), launch.gpusPerNode(), 0, 1);
        return PlannedChecks.of(experiment).getOrDefault(launch.id(), Map.of());
    }

    static Map<String, Integer> counted(List<RankResult> ranks) {
        return ranks.stream()
                .flatMap(rank -> rank.checks().stream())
                .collect(Collectors.groupingBy(Check::name, Collectors.summingInt(check -> 1)));
    }
}
