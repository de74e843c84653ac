package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.InputException;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.PlannedFigures;
import dev.assay.workload.Sft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** {@code -Dsuite=sft}: one experiment for every config, number of nodes and run. Pure but for reading the configs. */
public final class SftPlanner {
    private SftPlanner() {}

    /** With nothing measured before. */
    static Plan plan(
            Cluster cluster,
            GpuModel model,
            Criteria criteria,
            List<Integer> counts,
            double durationSeconds,
            Optional<Path> file,
            Path folder) {
        return plan(cluster, model, criteria, counts, durationSeconds, file, folder, MeasuredParts.none());
    }

    /**
     * @param counts of nodes; empty: those that each config names, on the reference device all nodes
     * @param durationSeconds measured, of each experiment's scaled launches together; a long step may take longer
     * @param file the user's own config; empty: all of the folder
     * @param measured by a recorded run, for what the plan says beforehand
     */
    public static Plan plan(
            Cluster cluster,
            GpuModel model,
            Criteria criteria,
            List<Integer> counts,
            double durationSeconds,
            Optional<Path> file,
            Path folder,
            MeasuredParts measured) {
        return plan(
                cluster,
                model,
                criteria,
                counts,
                durationSeconds,
                file.map(TrainingCases::ofFile).map(List::of).orElseGet(() -> TrainingCases.ofFolder(folder)),
                measured);
    }

    static Plan plan(
            Cluster cluster,
            GpuModel model,
            Criteria criteria,
            List<Integer> counts,
            double durationSeconds,
            List<TrainingCase> cases) {
        return plan(cluster, model, criteria, counts, durationSeconds, cases, MeasuredParts.none());
    }

    private static Plan plan(
            Cluster cluster,
            GpuModel model,
            Criteria criteria,
            List<Integer> counts,
            double durationSeconds,
            List<TrainingCase> cases,
            MeasuredParts measured) {
        requireDistinct(cases);
        double seconds = MeasuredDuration.checked(durationSeconds, cluster.device());
        double floor = Sizes.fabricFloorGBps(cluster, model, cluster.nodes().size());
        List<Criterion> patterns = criteria.resolveTraining(new PlannedFigures(floor, 0, Planner.nicGBps(cluster)));
        if (patterns.isEmpty()) {
            throw new InputException(
                    "Planning the training of -Dsuite=sft on " + model.name(),
                    "no criteria of training in " + criteria.name(),
                    "\"training\": an array of criteria of the workload sft",
                    "add them to the criteria file (criteria.schema.json), or print the plan alone by -Dplan");
        }
        List<String> omits = new ArrayList<>();
        List<SftExperiment> all = new ArrayList<>();
        for (TrainingCase config : cases) {
            for (int nodes : counts(config, counts, cluster, omits)) {
                for (Sft.Run run : Sft.Run.values()) {
                    all.add(SftExperiment.of(config, run, nodes, cluster, model, seconds));
                }
            }
        }
        requireSome(all, cluster);
        SftCriteria asked = new SftCriteria(patterns, cluster.device());
        List<Row> rows = all.stream()
                .flatMap(each -> each.rows(asked, cluster.sharedHost()).stream())
                .toList();
        Selection selection = new Selection(Suite.SFT, List.of());
        TrainingRecord record = TrainingRecords.of(cases, all, cluster, model, measured);
        omits.addAll(SftReach.beyond(cluster, model, rows, record.forecasts()));
        return new Plan(
                cluster,
                model,
                all.stream().map(SftExperiment::nodes).distinct().sorted().toList(),
                seconds,
                all.stream()
                        .flatMap(each -> Stream.concat(Stream.of(each.experiment()), each.unscaled().stream()))
                        .toList(),
                all.stream().flatMap(each -> each.extension().stream()).toList(),
                rows,
                floor,
                SftScope.certifies(cluster, all, asked),
                SftScope.omits(cluster, selection, criteria, all, omits, asked),
                Optional.of(selection),
                Optional.of(record));
    }

    private static List<Integer> counts(TrainingCase config, List<Integer> asked, Cluster cluster, List<String> omits) {
        int all = cluster.nodes().size();
        if (!asked.isEmpty()) {
            return NodeCounts.checked(asked, cluster);
        }
        if (cluster.device() == DeviceKind.REFERENCE) {
            return List.of(all);
        }
        List<Integer> own = config.nodes().isEmpty() ? NodeCounts.defaults(cluster) : config.nodes();
        own.stream().filter(nodes -> nodes > all).forEach(nodes -> omits.add(SftScope.left(config, nodes, all)));
        return own.stream().filter(nodes -> nodes <= all).toList();
    }

    private static void requireDistinct(List<TrainingCase> cases) {
        Set<String> keys = new HashSet<>();
        cases.stream().filter(config -> !keys.add(config.key())).findFirst().ifPresent(config -> {
            throw new InputException(
                    "Planning the training of -Dsuite=sft",
                    "two configs that are both called " + config.key(),
                    "names that differ in letters and digits",
                    "rename " + config.name());
        });
    }

    private static void requireSome(List<SftExperiment> all, Cluster cluster) {
        if (all.isEmpty()) {
            throw new InputException(
                    "Planning the training of -Dsuite=sft on " + cluster.name(),
                    "no config that names as many nodes as this cluster has",
                    "a number of nodes from 1 to " + cluster.nodes().size(),
                    "name them: -Dnodes=" + cluster.nodes().size());
        }
    }
}
