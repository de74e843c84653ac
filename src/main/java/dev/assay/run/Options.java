package dev.assay.run;

import dev.assay.cluster.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the user asked for with {@code -D} properties.
 *
 * @param cluster a built-in name or a file; empty: the embedded default, where nothing better is here
 * @param nodes node counts; empty: the planner chooses
 * @param duration measured seconds per workload and node count; empty: the default of the device
 * @param criteria a site's own limits
 * @param suite quick, standard, full, or sft; empty: standard
 * @param groups families, as JUnit tags select them; empty: all
 * @param replay a recorded run to judge again
 * @param partialOk whether PARTIAL exits with 0
 * @param planOnly print the plan and stop
 * @param home where runs and the ledger are kept; must lie on the shared file system
 * @param output where this build's copies lie
 * @param dsConfig a DeepSpeed config of the user's own, for {@code -Dsuite=sft}; empty: all of {@code dsConfigs}
 * @param dsConfigs the folder of the suite's own DeepSpeed configs
 * @param report the folder of the Allure report that this build makes
 * @param planFrom a recorded run whose measured parts a prediction of training rests on, for {@code -Dsuite=sft}
 */
record Options(
        Optional<String> cluster,
        Optional<String> nodes,
        Optional<String> duration,
        Optional<String> criteria,
        Optional<String> suite,
        Optional<String> groups,
        Optional<Path> replay,
        boolean partialOk,
        boolean planOnly,
        Path home,
        Path output,
        Optional<Path> dsConfig,
        Path dsConfigs,
        Path report,
        Optional<Path> planFrom) {

    static Options fromSystemProperties() {
        return from(System::getProperty);
    }

    static Options from(UnaryOperator<String> property) {
        Path output =
                path(property, "assay.output").orElse(Path.of("target/assay").toAbsolutePath());
        return new Options(
                text(property, "cluster"),
                text(property, "nodes"),
                text(property, "duration"),
                text(property, "criteria"),
                text(property, "suite"),
                text(property, "it.groups"),
                text(property, "run").map(Path::of),
                text(property, "partial").map(Options::partial).orElse(false),
                text(property, "plan").filter(value -> !value.equals("false")).isPresent(),
                path(property, "assay.home").orElse(Path.of(".assay").toAbsolutePath()),
                output,
                path(property, "ds.config"),
                path(property, "assay.ds.configs").orElse(Path.of("ds-configs").toAbsolutePath()),
                path(property, "assay.report").orElse(output.resolveSibling("allure-report")),
                path(property, "plan.from"));
    }

    private static Optional<Path> path(UnaryOperator<String> property, String name) {
        return text(property, name)
                .map(Path::of)
                .map(path -> path.toAbsolutePath().normalize());
    }

    /** As typed, for the report: only what was given. */
    List<String> asTyped() {
        List<String> typed = new ArrayList<>();
        cluster.ifPresent(value -> typed.add("-Dcluster=" + value));
        nodes.ifPresent(value -> typed.add("-Dnodes=" + value));
        duration.ifPresent(value -> typed.add("-Dduration=" + value));
        criteria.ifPresent(value -> typed.add("-Dcriteria=" + value));
        suite.ifPresent(value -> typed.add("-Dsuite=" + value));
        groups.ifPresent(value -> typed.add("-Dit.groups=" + value));
        dsConfig.ifPresent(value -> typed.add("-Dds.config=" + value));
        planFrom.ifPresent(value -> typed.add("-Dplan.from=" + value));
        if (partialOk) {
            typed.add("-Dpartial=ok");
        }
        return typed;
    }

    /** A property that Maven passes on although the user did not set it is empty. */
    private static Optional<String> text(UnaryOperator<String> property, String name) {
        return Optional.ofNullable(property.apply(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static boolean partial(String text) {
        if (!text.equals("ok")) {
            throw new InputException("-Dpartial=" + text + ": the only value is ok (exit code 0 also for PARTIAL).");
        }
        return true;
    }
}
