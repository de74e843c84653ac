package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collectives over the communicators of each scope, one scope after the other.
 *
 * @param scopes where they exist on the nodes that take part
 * @param cases in this order, in every scope
 * @param warmUpOperations of the first case, once a process, so that the JVM has compiled the path
 * @param iterations of a usual case, at most, that are timed one by one after its samples; 0: none
 */
public record Collective(List<CollectiveScope> scopes, List<CollectiveCase> cases, int warmUpOperations, int iterations)
        implements Workload {
    /** So many tell a 99th and a 95th percentile, with one sample beyond it. */
    private static final List<Integer> TELLING = List.of(100, 20);

    private static final double QUICK_MICROSECONDS = 0.1e6;
    private static final double MOST_MICROSECONDS = 0.5e6;

    public Collective {
        scopes = List.copyOf(scopes);
        cases = List.copyOf(cases);
        if (scopes.isEmpty() || cases.isEmpty() || warmUpOperations < 0 || iterations < 0) {
            throw new IllegalArgumentException(
                    "collective must have scopes, cases and warmUpOperations, iterations ≥ 0, got " + scopes + ", "
                            + cases.size() + " cases, " + warmUpOperations + ", " + iterations);
        }
        if (new HashSet<>(scopes).size() < scopes.size()) {
            throw new IllegalArgumentException("collective must name every scope once, got " + scopes);
        }
        Set<Object> seen = new HashSet<>();
        for (CollectiveCase each : cases) {
            if (!seen.add(each.conditions())) {
                throw new IllegalArgumentException("collective must have every case once, got twice " + each.name());
            }
        }
    }

    @Override
    public String key() {
        return "collective";
    }

    @Override
    public String words() {
        long operations =
                cases.stream().map(CollectiveCase::operation).distinct().count();
        return (operations == 1 ? "1 collective, " : operations + " collectives, ") + cases.size()
                + " cases, all-reduce up to " + words(mostBytes())
                + ", every element of every case checked; over "
                + String.join(", ", scopes.stream().map(CollectiveScope::words).toList());
    }

    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of("of buffers", 2, mostBytes());
    }

    /** Whether some case is of these conditions; scope, ranks and way are the cluster's. */
    @Override
    public boolean measures(String metric, Map<String, String> conditions) {
        return cases.stream()
                .map(CollectiveCase::conditions)
                .anyMatch(known -> conditions.entrySet().stream()
                        .allMatch(asked -> known.getOrDefault(asked.getKey(), asked.getValue())
                                .equals(asked.getValue())));
    }

    /**
     * How many operations of a case are timed one by one: all where that is quick, else what a percentile needs, else none;
     * none of an unusual case either.
     *
     * @param microseconds of one of them
     */
    public int iterationsOf(CollectiveCase what, double microseconds) {
        if (!what.usual()) {
            return 0;
        }
        if (iterations * microseconds <= QUICK_MICROSECONDS) {
            return iterations;
        }
        return TELLING.stream()
                .filter(count -> count <= iterations && count * microseconds <= MOST_MICROSECONDS)
                .findFirst()
                .orElse(0);
    }

    /** Of the largest buffer; each rank has two of them. */
    @JsonIgnore
    public long mostBytes() {
        return cases.stream().mapToLong(CollectiveCase::bytes).max().orElseThrow();
    }

    private static String words(long bytes) {
        return bytes >= 1L << 30 ? (bytes >> 30) + " GiB" : (bytes >> 10) + " KiB";
    }
}
