package dev.assay.run;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The pictures of a run, a kind of them a class beside this one. */
public final class RunCharts {
    private static final String GEMM = "gemm";
    private static final String COUPLED = "coupled";

    private RunCharts() {}

    /** Whether a launch holds samples that this row's verdict looks at. */
    public static boolean serves(LaunchResult launch, Row row) {
        String own = launch.variant().key();
        boolean variant =
                row.criterion().conditions().getOrDefault("variant", own).equals(own);
        return launch.role() == LaunchRole.BASELINE || (launch.nodes().size() == row.nodes() && variant);
    }

    /** Those that explain one row. */
    public static List<Chart> of(Run run, Row row) {
        String experiment = row.experiment();
        List<Chart> charts = new ArrayList<>();
        charts.addAll(SizeCharts.of(launches(run, experiment).toList(), row));
        charts.addAll(PartCharts.of(run, row));
        if (experiment.equals(COUPLED)) {
            charts.addAll(ScalingCharts.of(run, experiment));
        }
        if (experiment.equals(GEMM)) {
            charts.addAll(RooflineCharts.of(run, experiment));
        }
        charts.addAll(SftCharts.of(run, row));
        charts.addAll(TelemetryCharts.of(run, row));
        return charts;
    }

    /** Those for the summary page, family by family. */
    static List<Chart> of(Run run) {
        List<Chart> charts = new ArrayList<>();
        run.collected().forEach(result -> {
            String experiment = result.experiment();
            int most = result.launches().stream()
                    .mapToInt(launch -> launch.nodes().size())
                    .max()
                    .orElse(0);
            charts.addAll(SizeCharts.of(run, experiment));
            if (experiment.equals(GEMM)) {
                charts.addAll(RooflineCharts.of(run, experiment));
            }
            charts.addAll(PartCharts.of(run, experiment));
            charts.addAll(SftCharts.of(run, experiment));
            if (SftCharts.trained(run, experiment).isEmpty()) {
                charts.addAll(ScalingCharts.of(run, experiment));
            }
            charts.addAll(TelemetryCharts.of(run, experiment, most));
        });
        charts.addAll(SftScalingCharts.of(run));
        charts.addAll(ForecastCharts.of(run));
        return distinct(charts);
    }

    /** Numbers that were drawn once are not drawn again for another limit. */
    static List<Chart> distinct(List<Chart> charts) {
        Set<String> drawn = new HashSet<>();
        return charts.stream().filter(chart -> drawn.add(chart.csv())).toList();
    }

    static Stream<LaunchResult> launches(Run run, String experiment) {
        return run.collected().stream()
                .filter(result -> result.experiment().equals(experiment))
                .flatMap(result -> result.launches().stream());
    }
}
