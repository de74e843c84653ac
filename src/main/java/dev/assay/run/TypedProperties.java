package dev.assay.run;

import dev.assay.cluster.InputException;
import dev.assay.cluster.Nearest;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of {@code -D} properties as they were typed. Maven and Java take any, so {@code -Dcriterai=contract.json} would judge
 * by the default limits, and {@code -Dnode=2} measure all nodes, and neither would say so. Other people's names are left alone.
 */
final class TypedProperties {
    /** What a person gives; README, Properties. */
    private static final List<String> OURS = List.of(
            "cluster",
            "nodes",
            "duration",
            "criteria",
            "plan",
            "plan.from",
            "run",
            "partial",
            "suite",
            "ds.config",
            "it.groups",
            "assay.home",
            "assay.output");

    /** Where Maven's own script leaves its arguments, since a process that a build starts is given what the build knows only. */
    private static final String MAVEN = "MAVEN_CMD_LINE_ARGS";

    /** JUnit's own word for what the build passes on as {@code it.groups}; without Maven nothing does. */
    private static final String READ_BY_THE_BUILD = "groups";

    private static final Pattern DEFINED = Pattern.compile("(?:^|\\s)(?:-D\\s*|--define[\\s=])([^\\s=]+)");

    /** In shorter names two letters make other people's words of ours: mode, cores. */
    private static final int LONG = 7;

    /** Whose last word is nobody else's. */
    private static final Set<String> BY_LAST_WORD = Set.of("it.groups", "ds.config");

    private TypedProperties() {}

    /** Of this process, and of the build that started it. */
    static Set<String> here() {
        return here(
                ManagementFactory.getRuntimeMXBean().getInputArguments(), Optional.ofNullable(System.getenv(MAVEN)));
    }

    /** @param maven the build's own line */
    static Set<String> here(List<String> java, Optional<String> maven) {
        Set<String> names = new LinkedHashSet<>(names(java));
        maven.map(line -> names(List.of(line))).ifPresent(typed -> {
            typed.remove(READ_BY_THE_BUILD);
            names.addAll(typed);
        });
        return names;
    }

    /** @param lines one argument each, or several with blanks between them */
    static Set<String> names(List<String> lines) {
        Set<String> names = new LinkedHashSet<>();
        for (String line : lines) {
            for (Matcher defined = DEFINED.matcher(line); defined.find(); ) {
                names.add(defined.group(1));
            }
        }
        return names;
    }

    /** @throws InputException where one is nearly, but not quite, a name of ours */
    static void check(Set<String> names) {
        for (String name : names) {
            if (!OURS.contains(name) && OURS.stream().anyMatch(ours -> meant(name, ours))) {
                throw new InputException(
                        "Reading the command line",
                        "-D" + name.replaceAll("\\p{Cntrl}", "?") + ", which nothing reads",
                        OURS.stream()
                                .map(ours -> "-D" + ours)
                                .reduce((a, b) -> a + ", " + b)
                                .orElseThrow(),
                        Nearest.suggestion(name, OURS, "write one of those, or leave the property away"));
            }
        }
    }

    /** A letter or two beside it, or its last word alone. */
    private static boolean meant(String name, String ours) {
        return Nearest.distance(name, ours) <= (ours.length() >= LONG ? 2 : 1)
                || (BY_LAST_WORD.contains(ours) && ours.endsWith("." + name));
    }
}
