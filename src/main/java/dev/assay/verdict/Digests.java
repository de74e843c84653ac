package dev.assay.verdict;

import dev.assay.measurement.Digest;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.RankResult;
import dev.assay.verdict.Readings.Gap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code distinct.results}: how many different results the GPUs gave for the same seeded work. Compared are the ranks that
 * worked together: a whole launch, or in a baseline those of one communicator, which may be of several nodes.
 */
final class Digests {
    private Digests() {}

    static Readings read(Evidence evidence) {
        List<UnitValue> values = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        int expected = 0;
        for (LaunchResult launch : evidence.needed()) {
            for (List<RankResult> group : groups(launch)) {
                Set<String> names = names(group);
                expected += group.size();
                group.stream().flatMap(rank -> gap(rank, names).stream()).forEach(gaps::add);
                names.forEach(name -> values.add(compare(launch, name, group)));
            }
        }
        return new Readings(values, gaps, Optional.empty(), expected, "GPUs", List.of());
    }

    private static Collection<List<RankResult>> groups(LaunchResult launch) {
        if (launch.role() != LaunchRole.BASELINE) {
            return List.of(launch.ranks());
        }
        Map<List<Integer>, List<RankResult>> together = launch.ranks().stream()
                .collect(Collectors.groupingBy(
                        rank -> rank.header().communicator(), LinkedHashMap::new, Collectors.toList()));
        return together.values().stream().filter(group -> group.size() > 1).toList();
    }

    private static Set<String> names(List<RankResult> group) {
        return group.stream()
                .flatMap(rank -> rank.digests().stream())
                .map(Digest::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Optional<Gap> gap(RankResult rank, Set<String> names) {
        List<String> own = rank.digests().stream().map(Digest::name).sorted().toList();
        return !own.isEmpty() && own.equals(List.copyOf(names))
                ? Optional.empty()
                : Optional.of(new Gap(rank.unit(), "it left digests " + own + ", expected " + names, false));
    }

    private static UnitValue compare(LaunchResult launch, String name, List<RankResult> group) {
        Map<String, List<String>> unitsByDigest = new TreeMap<>();
        for (RankResult rank : group) {
            rank.digests().stream()
                    .filter(digest -> digest.name().equals(name))
                    .forEach(digest -> unitsByDigest
                            .computeIfAbsent(digest.value(), value -> new ArrayList<>())
                            .add(rank.unit() + ", serial " + rank.device().serial()));
        }
        String unit = name + " of launch " + launch.id() + deviating(unitsByDigest);
        return new UnitValue(unit, unitsByDigest.size());
    }

    /** Those not in the majority; without one, all are suspect. */
    private static String deviating(Map<String, List<String>> unitsByDigest) {
        if (unitsByDigest.size() < 2) {
            return "";
        }
        int all = unitsByDigest.values().stream().mapToInt(List::size).sum();
        return ": "
                + unitsByDigest.values().stream()
                        .filter(units -> 2 * units.size() <= all)
                        .flatMap(List::stream)
                        .collect(Collectors.joining("; "))
                + " deviating";
    }
}
