package dev.assay.plan;

import dev.assay.cluster.InputException;
import dev.assay.criteria.Criteria;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.PlannedFigures;
import dev.assay.deepspeed.Adam;
import dev.assay.deepspeed.Zero;
import dev.assay.training.AdamW;
import dev.assay.training.ZeroSetup;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The criteria of a recorded run of training made anew: what its configs asked for stands in its plan. */
final class RecordedTraining {
    private RecordedTraining() {}

    /** A recorded plan's rows, and what is signed by them: as if it had been planned by these criteria. */
    record Asked(List<Row> rows, List<String> certifies, List<String> omits) {}

    /** @throws InputException where the plan was written before it kept what its configs ask for */
    static Asked of(Plan plan, Criteria criteria, Selection selection) {
        TrainingRecord record = plan.training()
                .orElseThrow(() -> new InputException(
                        "Judging a recorded run of -Dsuite=sft by another criteria file (-Dcriteria)",
                        "a plan.json without \"training\"",
                        "what the run's configs asked for, which plans have kept since then",
                        "leave -Dcriteria away, or record the run anew"));
        List<Criterion> patterns = criteria.resolveTraining(
                new PlannedFigures(plan.fabricFloorGBps(), 0, Planner.nicGBps(plan.cluster())));
        SftCriteria asked = new SftCriteria(patterns, plan.cluster().device());
        requireAll(plan, record);
        List<SftExperiment> all =
                record.asked().stream().map(each -> experiment(plan, each)).toList();
        List<Row> rows = all.stream()
                .flatMap(each -> each.rows(asked, plan.cluster().sharedHost()).stream())
                .toList();
        if (rows.isEmpty()) {
            throw new InputException(
                    "Judging a recorded run of -Dsuite=sft by another criteria file (-Dcriteria)",
                    "no criterion of training in " + criteria.name(),
                    "\"training\": an array of criteria of the workload sft",
                    "add them to the criteria file (criteria.schema.json), or leave -Dcriteria away");
        }
        List<String> left = new ArrayList<>(SftScope.left(plan.omits()));
        left.addAll(SftReach.beyond(plan.cluster(), plan.gpuModel(), rows, record.forecasts()));
        return new Asked(
                rows,
                SftScope.certifies(plan.cluster(), all, asked),
                SftScope.omits(plan.cluster(), selection, criteria, all, left, asked));
    }

    /** An experiment that ran and that nothing would be asked of were one that nobody misses. */
    private static void requireAll(Plan plan, TrainingRecord record) {
        plan.experiments().stream()
                .filter(experiment -> !experiment.launches().isEmpty())
                .map(Experiment::id)
                .filter(id -> record.asked().stream()
                        .noneMatch(each -> each.experiment().equals(id)))
                .findFirst()
                .ifPresent(id -> {
                    throw new InputException(
                            "Judging a recorded run of -Dsuite=sft by another criteria file (-Dcriteria)",
                            "no word of " + id + " in \"training\" of its plan.json",
                            "what each experiment's config asked for",
                            "judge an unchanged copy of the run folder");
                });
    }

    private static SftExperiment experiment(Plan plan, TrainingAsked asked) {
        Experiment experiment = plan.experiment(asked.experiment());
        if (!(experiment.workload() instanceof Sft sft)) {
            throw new InputException(
                    "Judging a recorded run of -Dsuite=sft by another criteria file (-Dcriteria)",
                    asked.experiment() + ", which trains nothing",
                    "experiments that train, under \"training\" of its plan.json",
                    "judge an unchanged copy of the run folder");
        }
        return new SftExperiment(
                config(sft, asked),
                sft.run(),
                asked.nodes(),
                experiment,
                Optional.empty(),
                plan.experiments().stream()
                        .filter(each -> each.id().equals(SftExperiment.unscaled(experiment.id())))
                        .findFirst(),
                asked.noScale());
    }

    /** As much of it as criteria are made of; it sets up no step. */
    private static TrainingCase config(Sft sft, TrainingAsked asked) {
        return new TrainingCase(
                asked.file(),
                sft.model(),
                sft.setup().model().parameters(),
                1,
                List.of(),
                Optional.empty(),
                "",
                List.of(),
                List.of(),
                gpus -> sft.setup(),
                Optional.empty(),
                new TrainingTerms(
                        adam(sft.optimizer()),
                        0,
                        asked.floors(),
                        zero(sft.setup().zero())),
                TrainingReading.none());
    }

    private static Zero zero(ZeroSetup of) {
        return new Zero(
                of.stage(),
                of.overlap(),
                of.reduceScatter(),
                of.multiRank(),
                true,
                of.reduceBucket(),
                of.reduceBucket(),
                of.subGroup(),
                of.prefetchBucket(),
                of.persistenceThreshold(),
                Long.MAX_VALUE,
                of.maxLive(),
                of.maxReuse());
    }

    private static Adam adam(AdamW of) {
        return new Adam(true, of.learningRate(), of.beta1(), of.beta2(), of.epsilon(), of.weightDecay(), true);
    }
}
