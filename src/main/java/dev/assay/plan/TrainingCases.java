package dev.assay.plan;

import dev.assay.cluster.InputException;
import dev.assay.deepspeed.AssaySection;
import dev.assay.deepspeed.DeepSpeedConfig;
import dev.assay.deepspeed.DeepSpeedFile;
import dev.assay.deepspeed.Note;
import dev.assay.deepspeed.Origin;
import dev.assay.deepspeed.Resolved;
import dev.assay.deepspeed.Zero;
import dev.assay.training.CollectiveMode;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** DeepSpeed's files as the steps that they mean. */
final class TrainingCases {
    private TrainingCases() {}

    /** Every {@code .json} of a folder, smallest model first. */
    static List<TrainingCase> ofFolder(Path folder) {
        return files(folder).stream()
                .map(TrainingCases::ofFile)
                .sorted(Comparator.comparingLong(TrainingCase::parameters))
                .toList();
    }

    /** At least one. */
    static List<Path> files(Path folder) {
        List<Path> files;
        try (Stream<Path> all = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("listing " + folder, e);
        }
        if (files.isEmpty()) {
            throw new InputException(
                    "Reading the DeepSpeed configs of -Dsuite=sft",
                    "no .json file in " + folder,
                    "ds_config_7b.json and so on",
                    "start in the suite's folder, or name a file of yours: -Dds.config=FILE");
        }
        return files;
    }

    static TrainingCase ofFile(Path file) {
        return of(String.valueOf(file.getFileName()), DeepSpeedFile.read(file));
    }

    private static TrainingCase of(String name, DeepSpeedFile file) {
        AssaySection assay = file.assay();
        IntFunction<StepSetup> stress = file.stress()
                .<IntFunction<StepSetup>>map(variant -> gpus -> setup(variant.resolve(gpus)))
                .orElse(gpus -> generalStress(file.resolve(gpus)));
        return new TrainingCase(
                name,
                assay.modelName()
                        + (assay.precision() == MatrixPrecision.BF16
                                ? ""
                                : " " + assay.precision().key()),
                assay.model().parameters(),
                assay.memoryFraction(),
                assay.nodes(),
                assay.baselineNodes(),
                file.scaling().words(),
                file.notes().stream()
                        .filter(note -> note.kind() != Note.Kind.NO_EFFECT)
                        .map(Note::toString)
                        .toList(),
                file.notes().stream()
                        .filter(note -> note.kind() == Note.Kind.NO_EFFECT)
                        .map(Note::key)
                        .toList(),
                gpus -> setup(file.resolve(gpus)),
                Optional.of(stress),
                new TrainingTerms(file.optimizer(), file.gradients().clipping(), assay.floors(), file.zero()),
                new TrainingReading(
                        gpus -> file.resolve(gpus).resolved(),
                        file.stress()
                                .<IntFunction<List<Resolved>>>map(
                                        variant -> gpus -> variant.resolve(gpus).resolved())
                                .orElse(gpus -> generalValues(file.resolve(gpus))),
                        file.notes(),
                        file.ranks()));
    }

    /** Of a file without {@code assay.stress}. Stage 3 overlaps unless the file says that it does not. */
    private static StepSetup generalStress(DeepSpeedConfig config) {
        StepSetup stress = setup(config).stress();
        boolean forbidden = config.resolved().stream()
                .anyMatch(value -> value.key().equals("zero_optimization.overlap_comm")
                        && value.origin() == Origin.FILE
                        && value.value().equals("false"));
        return forbidden ? stress.withoutOverlap() : stress;
    }

    /** As {@link #generalStress} changes them. */
    private static List<Resolved> generalValues(DeepSpeedConfig config) {
        StepSetup step = generalStress(config);
        Map<String, String> changed = Map.of(
                "train_batch_size",
                String.valueOf((long) step.microBatch() * step.accumulation() * config.dataParallelWorld()),
                "train_micro_batch_size_per_gpu",
                String.valueOf(step.microBatch()),
                "gradient_accumulation_steps",
                String.valueOf(step.accumulation()),
                "zero_optimization.stage",
                String.valueOf(step.zero().stage()),
                "zero_optimization.overlap_comm",
                String.valueOf(step.zero().overlap()));
        return config.resolved().stream()
                .map(value -> Optional.ofNullable(changed.get(value.key()))
                        .filter(other -> !other.equals(value.value()))
                        .map(other -> new Resolved(
                                value.key(), other, Origin.STRESS, "the general one, as the file has no assay.stress"))
                        .orElse(value))
                .toList();
    }

    private static StepSetup setup(DeepSpeedConfig config) {
        AssaySection assay = config.assay();
        return new StepSetup(
                assay.model(),
                assay.sequence(),
                config.batch().micro(),
                config.batch().accumulation(),
                zero(config.zero()),
                switch (assay.checkpointing()) {
                    case NONE -> Recomputation.NONE;
                    case FULL -> Recomputation.FULL;
                },
                switch (assay.collectives()) {
                    case DEEPSPEED -> CollectiveMode.DEEPSPEED;
                    case IDEAL -> CollectiveMode.IDEAL;
                },
                config.gradients().accumulation().bytes(),
                config.gradients().communication().bytes(),
                assay.precision());
    }

    private static ZeroSetup zero(Zero zero) {
        return new ZeroSetup(
                zero.stage(),
                zero.overlapComm(),
                zero.reduceScatter(),
                zero.multiRankBucketAllReduce(),
                zero.reduceBucket(),
                zero.prefetchBucket(),
                zero.persistenceThreshold(),
                zero.maxLiveParameters(),
                zero.subGroup(),
                zero.maxReuseDistance());
    }
}
