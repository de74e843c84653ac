package dev.assay.plan;

import dev.assay.cluster.DeviceKind;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.measurement.Metric;
import dev.assay.workload.Sft;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one run by a config must reach: the patterns of the criteria file that hold for its model and run, and over them what
 * the config itself asks for. A pattern {@code sft-hfu} is {@code sft-7b-hfu} of {@code ds_config_7b.json}, and {@code
 * sft-7b-stress-hfu} of its stress variant; so is a pattern {@code sft-stress-hfu} of that alone.
 *
 * @param patterns their conditions name the model (a preset, or {@code other}), the run (nominal, stress) and stages of ZeRO ({@code 1,2})
 *     that a nominal run's config has; nothing else
 */
record SftCriteria(List<Criterion> patterns, DeviceKind device) {
    private static final String MODEL = "model";
    private static final String RUN = "run";
    private static final String ZERO = "zero";
    /** A model that no pattern of the metric names. */
    private static final String OTHER = "other";

    private static final String PREFIX = "sft-";

    SftCriteria {
        patterns = List.copyOf(patterns);
    }

    List<Criterion> of(TrainingCase config, Sft.Run run) {
        String prefix = prefix(config, run);
        String own = PREFIX + run.key() + "-";
        List<Criterion> those =
                patterns.stream().filter(each -> holds(each, config, run)).toList();
        Map<String, String> names = new HashMap<>();
        those.forEach(each -> names.put(each.id(), renamed(each.id(), own, prefix)));
        List<Criterion> made = those.stream()
                .map(each -> withFloor(made(each, config, run, names), config, run))
                .toList();
        return made.stream().map(each -> onSpeed(each, made)).toList();
    }

    /** SM-active holds together with a floor of the speed only, that which a config names for a model of its own too. */
    private static Criterion onSpeed(Criterion criterion, List<Criterion> all) {
        List<String> floors = all.stream()
                .filter(each -> each.metric() == Metric.TRAIN_MFU && each.judged())
                .map(Criterion::id)
                .filter(id -> !criterion.requires().contains(id))
                .toList();
        return criterion.metric() == Metric.SM_ACTIVE && criterion.judged() ? criterion.requiring(floors) : criterion;
    }

    static String prefix(TrainingCase config, Sft.Run run) {
        return PREFIX + config.key() + (run == Sft.Run.NOMINAL ? "" : "-" + run.key());
    }

    /** Without what says of which run it is, which the prefix says too. */
    private static String renamed(String id, String own, String prefix) {
        String rest = id.startsWith(own)
                ? id.substring(own.length())
                : id.startsWith(PREFIX) ? id.substring(PREFIX.length()) : id;
        return prefix + "-" + rest;
    }

    private boolean holds(Criterion pattern, TrainingCase config, Sft.Run run) {
        String model = pattern.conditions().getOrDefault(MODEL, config.model());
        boolean named = patterns.stream()
                .anyMatch(other -> other.metric() == pattern.metric()
                        && config.model().equals(other.conditions().get(MODEL)));
        return pattern.conditions().getOrDefault(RUN, run.key()).equals(run.key())
                && ofStage(pattern, config, run)
                && (model.equals(config.model()) || (model.equals(OTHER) && !named));
    }

    private static boolean ofStage(Criterion pattern, TrainingCase config, Sft.Run run) {
        String stage = Integer.toString(config.terms().zero().stage());
        return Optional.ofNullable(pattern.conditions().get(ZERO))
                .map(stages ->
                        run == Sft.Run.NOMINAL && List.of(stages.split(",", -1)).contains(stage))
                .orElse(true);
    }

    /** What its conditions chose is chosen; the measurements know nothing of them. */
    private static Criterion made(Criterion pattern, TrainingCase config, Sft.Run run, Map<String, String> names) {
        String of = config.key() + (run == Sft.Run.NOMINAL ? "" : " " + run.key());
        return new Criterion(
                names.getOrDefault(pattern.id(), pattern.id()),
                of + ": " + pattern.title(),
                pattern.workload(),
                pattern.metric(),
                Map.of(),
                pattern.statistic(),
                pattern.limit(),
                pattern.unit(),
                pattern.ceiling(),
                pattern.source(),
                pattern.requires().stream()
                        .filter(names::containsKey)
                        .map(id -> names.getOrDefault(id, id))
                        .toList(),
                pattern.judged(),
                pattern.siteLimit());
    }

    /** The file's own floors are of its nominal run, and judge no plain Java. A site's criteria file goes before them. */
    private Criterion withFloor(Criterion criterion, TrainingCase config, Sft.Run run) {
        if (run != Sft.Run.NOMINAL
                || device != DeviceKind.CUDA
                || criterion.siteLimit().isPresent()) {
            return criterion;
        }
        return config.terms()
                .floors()
                .flatMap(floors -> floor(criterion.metric(), floors)
                        .map(fraction -> asked(criterion, new Limit.AtLeast(100 * fraction), floors, config)))
                .orElse(criterion);
    }

    private static Optional<Double> floor(Metric metric, Floors floors) {
        return switch (metric) {
            case TRAIN_MFU -> floors.mfu();
            case SM_ACTIVE -> floors.smActive();
            case SCALE_EFFICIENCY -> floors.scaleEfficiency();
            default -> Optional.empty();
        };
    }

    private static Criterion asked(Criterion of, Limit limit, Floors floors, TrainingCase config) {
        boolean same = of.judged() && of.limit().equals(limit);
        return new Criterion(
                of.id(),
                of.title(),
                of.workload(),
                of.metric(),
                of.conditions(),
                of.statistic(),
                limit,
                of.unit(),
                of.ceiling(),
                same ? of.source() : config.name() + ": " + floors.source(),
                of.requires(),
                true,
                same
                        ? Optional.empty()
                        : Optional.of(new Criterion.SiteLimit(of.limit(), "floors of " + config.name())));
    }
}
