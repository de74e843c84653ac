package dev.assay.plan;

import dev.assay.deepspeed.Note;
import dev.assay.deepspeed.Origin;
import dev.assay.deepspeed.Resolved;
import dev.assay.training.StepSetup;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a DeepSpeed config was read as: every value that changes the work, where it comes from, and what else a reader must know.
 *
 * @param config its key
 * @param file its name
 * @param nominal the modes of its run, e.g. {@code ZeRO-1, DeepSpeed's collectives overlapped with backward, full checkpointing}
 * @param stress those of its stress variant
 * @param scaling what stays the same on more GPUs, in words
 * @param values of the nominal run, in the order of reading
 * @param stressValues those in which the stress variant differs
 * @param notes misspelt, deprecated and other keys that were probably meant otherwise
 * @param withoutEffect keys that change nothing of the work, and why
 */
public record TrainingConfig(
        String config,
        String file,
        String model,
        String nominal,
        String stress,
        String scaling,
        List<TrainingValue> values,
        List<TrainingValue> stressValues,
        List<String> notes,
        List<String> withoutEffect) {
    public TrainingConfig {
        values = List.copyOf(values);
        stressValues = List.copyOf(stressValues);
        notes = List.copyOf(notes);
        withoutEffect = List.copyOf(withoutEffect);
    }

    /** @param counts of nodes; where the batch keys fit none of them, what they mean where they do fit */
    static TrainingConfig of(TrainingCase of, List<Integer> counts, int gpusPerNode) {
        TrainingReading reading = of.reading();
        List<TrainingValue> values = values(of, Sft.Run.NOMINAL, reading.nominal(), counts, gpusPerNode);
        return new TrainingConfig(
                of.key(),
                of.name(),
                of.model(),
                modes(of, Sft.Run.NOMINAL, counts, gpusPerNode),
                modes(of, Sft.Run.STRESS, counts, gpusPerNode),
                of.scaling(),
                values,
                values(of, Sft.Run.STRESS, reading.stress(), counts, gpusPerNode).stream()
                        .filter(value -> !values.contains(value))
                        .toList(),
                notes(reading, false).map(Note::toString).toList(),
                notes(reading, true).map(Note::toString).toList());
    }

    private static Stream<Note> notes(TrainingReading reading, boolean withoutEffect) {
        return reading.notes().stream()
                .filter(note -> (note.kind() == Note.Kind.NO_EFFECT) == withoutEffect)
                .distinct();
    }

    /** The numbers of nodes that its batch keys fit, with their GPUs. */
    private static Map<String, Integer> places(TrainingCase of, Sft.Run run, List<Integer> counts, int gpusPerNode) {
        Map<String, Integer> places = new LinkedHashMap<>();
        counts.stream()
                .filter(nodes -> of.unresolved(run, nodes * gpusPerNode).isEmpty())
                .forEach(nodes -> places.put(Words.plural(nodes, "node"), nodes * gpusPerNode));
        if (places.isEmpty()) {
            places.put(Words.plural(of.reading().ranks(), "GPU"), of.reading().ranks());
        }
        return places;
    }

    private static String modes(TrainingCase of, Sft.Run run, List<Integer> counts, int gpusPerNode) {
        return places(of, run, counts, gpusPerNode).values().stream()
                .map(gpus -> of.of(run, gpus))
                .map(StepSetup::modes)
                .distinct()
                .collect(Collectors.joining("; "));
    }

    /** One that is the same everywhere stands once. */
    private static List<TrainingValue> values(
            TrainingCase of, Sft.Run run, IntFunction<List<Resolved>> read, List<Integer> counts, int gpusPerNode) {
        Map<String, Map<Resolved, List<String>>> byKey = new LinkedHashMap<>();
        places(of, run, counts, gpusPerNode)
                .forEach((place, gpus) -> read.apply(gpus).stream()
                        .distinct()
                        .forEach(value -> byKey.computeIfAbsent(value.key(), key -> new LinkedHashMap<>())
                                .computeIfAbsent(value, same -> new ArrayList<>())
                                .add(place)));
        List<TrainingValue> values = new ArrayList<>();
        byKey.forEach((key, variants) -> variants.forEach((value, places) -> values.add(
                TrainingValue.of(variants.size() == 1 ? key : key + " on " + String.join(", ", places), value))));
        return values;
    }

    /** Its values as lines of text, by where they come from, at most so many columns wide. */
    List<String> values(int columns) {
        List<String> lines = new ArrayList<>();
        for (Origin origin : Origin.values()) {
            List<TrainingValue> those =
                    values.stream().filter(value -> value.origin() == origin).toList();
            if (!those.isEmpty()) {
                PlanText.wrap(lines, head(origin), words(those, origin), columns);
            }
        }
        if (!stressValues.isEmpty()) {
            PlanText.wrap(lines, "  in stress    ", words(stressValues, Origin.STRESS), columns);
        }
        return lines;
    }

    private static String head(Origin origin) {
        return switch (origin) {
            case FILE -> "  in the file  ";
            case DEFAULT -> "  by default   ";
            case AUTO -> "  auto became  ";
            case DERIVED -> "  derived      ";
            case ASSAY -> "  assay        ";
            case STRESS -> "  stress       ";
        };
    }

    /** Section by section; a rule is said, a line of the file is not. */
    private static String words(List<TrainingValue> values, Origin origin) {
        boolean ruled = origin == Origin.AUTO || origin == Origin.DERIVED;
        Map<String, List<String>> sections = new LinkedHashMap<>();
        for (TrainingValue value : values) {
            int dot = value.key().lastIndexOf('.');
            sections.computeIfAbsent(value.key().substring(0, dot + 1), section -> new ArrayList<>())
                    .add(value.key().substring(dot + 1) + " = " + value.value()
                            + (ruled ? " (" + value.how() + ")" : ""));
        }
        return sections.entrySet().stream()
                .map(section -> section.getKey().replaceFirst("\\.$", ": ") + String.join(", ", section.getValue()))
                .collect(Collectors.joining("; "));
    }

    /** For a file beside the numbers of a run. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(file + ": " + model);
        PlanText.wrap(lines, "  modes        ", nominal, TrainingPlan.COLUMNS);
        PlanText.wrap(lines, "  in stress    ", stress, TrainingPlan.COLUMNS);
        PlanText.wrap(lines, "  scaling      ", scaling, TrainingPlan.COLUMNS);
        notes.forEach(note -> PlanText.wrap(lines, "  note         ", note, TrainingPlan.COLUMNS));
        withoutEffect.forEach(note -> PlanText.wrap(lines, "  no effect    ", note, TrainingPlan.COLUMNS));
        lines.addAll(values(TrainingPlan.COLUMNS));
        return String.join("\n", lines) + "\n";
    }
}
