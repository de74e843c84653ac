package dev.assay.plan;

import dev.assay.cluster.InputException;
import dev.assay.training.EngineLimits;
import dev.assay.training.StepSetup;
import dev.assay.workload.Sft;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A config to train by, with the step that it means for a number of GPUs.
 *
 * @param name of its file
 * @param model its preset, or {@code explicit}; {@code llama2-7b fp8} where its matrices multiply so, which no floor for bf16 is for
 * @param parameters of the model
 * @param memoryFraction of a GPU's memory that may be used
 * @param nodes where it is run when nobody says otherwise; marked in the plan
 * @param baselineNodes what scale efficiency is counted from; empty: the fewest of 1, 2, 4 … that it fits on
 * @param scaling what stays the same on more GPUs, in words
 * @param notes what else a reader must know about the file
 * @param withoutEffect keys of the file that change nothing of the work
 * @param setup by the number of GPUs
 * @param stress the variant that loads the network, by the number of GPUs; empty: the general one
 * @param terms what else a run needs
 * @param reading what its file was read as, for the report
 */
record TrainingCase(
        String name,
        String model,
        long parameters,
        double memoryFraction,
        List<Integer> nodes,
        Optional<Integer> baselineNodes,
        String scaling,
        List<String> notes,
        List<String> withoutEffect,
        IntFunction<StepSetup> setup,
        Optional<IntFunction<StepSetup>> stress,
        TrainingTerms terms,
        TrainingReading reading) {
    TrainingCase {
        nodes = List.copyOf(nodes);
        notes = List.copyOf(notes);
        withoutEffect = List.copyOf(withoutEffect);
    }

    /** Safe as part of a file's name and of a criterion's: {@code ds_config_7b.json} is {@code 7b}. */
    String key() {
        String bare = name.toLowerCase(Locale.ROOT)
                .replaceFirst("\\.json$", "")
                .replaceFirst("^ds_config_?", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        return bare.isEmpty() ? "config" : bare;
    }

    /** Why the engine cannot train so, in one sentence; empty: it can. */
    Optional<String> refused(TrainingPlace place) {
        return terms.refused()
                .or(() -> terms.refused(place).map(why -> name + ": " + why))
                .or(() -> EngineLimits.of(place.setup()).map(refusal -> name + " asks for " + refusal + "; not run"));
    }

    /** Why its batch keys mean no step on so many GPUs, in one line; empty: they do. */
    Optional<String> unresolved(Sft.Run run, int gpus) {
        try {
            of(run, gpus);
            return Optional.empty();
        } catch (InputException e) {
            return Optional.of(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
    }

    StepSetup of(Sft.Run run, int gpus) {
        return switch (run) {
            case NOMINAL -> setup.apply(gpus);
            case STRESS -> stressed(gpus);
        };
    }

    StepSetup stressed(int gpus) {
        return stress.map(of -> of.apply(gpus))
                .orElseGet(() -> setup.apply(gpus).stress());
    }
}
