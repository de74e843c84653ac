package dev.assay.verdict;

import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Gap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code identity.differences}: in how many facts a GPU differs from most of its fleet. What has no majority makes all
 * suspect. A fact that a driver cannot tell can be equal to nothing.
 */
final class Identities {
    /** What CUDA devices tell among their facts, and what must be equal for two of them to be interchangeable. */
    private static final List<String> FACTS = List.of(
            "vbios",
            "powerLimitEnforced",
            "powerLimitDefault",
            "persistenceMode",
            "migMode",
            "computeMode",
            "eccMode",
            "pcieGenerationMax",
            "pcieWidthMax",
            "cudaDriverVersion");

    /** How NVML's reasons stand in the place of a fact, e.g. {@code Not Supported (3) by nvmlDeviceGetMigMode}. */
    private static final Pattern REASON = Pattern.compile(".* \\(\\d+\\) by nvml\\w+.*");

    private Identities() {}

    static Readings read(Evidence evidence) {
        List<RankResult> ranks = evidence.ranks();
        Map<String, Map<String, Integer>> fleet = new LinkedHashMap<>();
        ranks.forEach(rank -> fields(rank, evidence)
                .forEach((field, value) ->
                        fleet.computeIfAbsent(field, unused -> new TreeMap<>()).merge(value, 1, Integer::sum)));
        List<UnitValue> values = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        for (RankResult rank : ranks) {
            Map<String, String> own = fields(rank, evidence);
            gap(rank, own, evidence).ifPresentOrElse(gaps::add, () -> values.add(compare(rank, own, fleet)));
        }
        return new Readings(values, gaps, Optional.empty(), ranks.size(), "GPUs", details(fleet));
    }

    private static Map<String, String> fields(RankResult rank, Evidence evidence) {
        DeviceIdentity device = rank.device();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("model", device.model());
        fields.put("driver", device.driver());
        fields.put("memory", device.memoryBytes() + " B");
        fields.put("highest SM clock", device.maxSmClockMhz() + " MHz");
        if (!evidence.contract().reference()) {
            fields.put("multiprocessors", Integer.toString(device.multiprocessors()));
            fields.put("compute capability", device.computeCapability());
            FACTS.forEach(
                    fact -> Optional.ofNullable(device.facts().get(fact)).ifPresent(value -> fields.put(fact, value)));
            device.libraries().forEach(library -> fields.put(library.name() + " version", library.version()));
        }
        return fields;
    }

    /** A missing fact, or a reason in its place. */
    private static Optional<Gap> gap(RankResult rank, Map<String, String> own, Evidence evidence) {
        return FACTS.stream()
                .filter(fact -> !evidence.contract().reference())
                .flatMap(fact -> gap(rank, fact, Optional.ofNullable(own.get(fact))).stream())
                .findFirst();
    }

    private static Optional<Gap> gap(RankResult rank, String fact, Optional<String> value) {
        if (value.isEmpty()) {
            return Optional.of(new Gap(rank.unit(), "its " + fact + " is absent, no reason was given", false));
        }
        return value.filter(text -> REASON.matcher(text).matches())
                .map(reason -> new Gap(rank.unit(), "its " + fact + " is unknown, the device says: " + reason, true));
    }

    private static UnitValue compare(
            RankResult rank, Map<String, String> own, Map<String, Map<String, Integer>> fleet) {
        List<String> differences = new ArrayList<>();
        own.forEach((field, value) -> {
            Map<String, Integer> counts = Objects.requireNonNull(fleet.get(field));
            int all = counts.values().stream().mapToInt(Integer::intValue).sum();
            int alike = counts.getOrDefault(value, 0);
            if (2 * alike <= all) {
                differences.add(field + " " + value + " as on " + alike + " of " + all + ", " + others(counts, value));
            }
        });
        String words = differences.isEmpty() ? "" : ": " + String.join("; ", differences);
        return new UnitValue(rank.unit() + words, differences.size());
    }

    private static String others(Map<String, Integer> counts, String own) {
        return counts.entrySet().stream()
                .filter(each -> !each.getKey().equals(own))
                .max(Map.Entry.comparingByValue())
                .map(most -> most.getKey() + " on " + most.getValue())
                .orElse("no other");
    }

    private static List<String> details(Map<String, Map<String, Integer>> fleet) {
        List<String> lines = new ArrayList<>();
        fleet.forEach((field, counts) -> counts.forEach(
                (value, count) -> lines.add("identity: " + field + " " + value + " on " + count + " GPUs")));
        return lines;
    }
}
