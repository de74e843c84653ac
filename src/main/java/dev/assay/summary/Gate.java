package dev.assay.summary;

import dev.assay.verdict.Decision;
import dev.assay.verdict.Decisions;
import dev.assay.verdict.State;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The last word of a build. It believes no exit code and no test report, only a {@code verdict.json} of this very run that
 * holds every planned criterion and a decision that its own states imply. Whatever is missing or odd is not accepted.
 */
public final class Gate {
    /** Accepted: ACCEPTED, SUITE OK, or PARTIAL where the caller asked for it. */
    public static final int OK = 0;
    /** The cluster failed. */
    public static final int REJECTED = 1;
    /** Nothing could start: bad input. Used by the doors of the run, never by {@link #judge}. */
    public static final int COULD_NOT_START = 2;
    /** Nothing was proven: PARTIAL, INCONCLUSIVE, SUITE BROKEN, or no usable verdict file. */
    public static final int NOT_ACCEPTED = 3;

    private static final int KEYS_SHOWN = 5;

    private Gate() {}

    /** Judges a finished build; the exit code is for the process. */
    public static int judge(
            Path verdictJson,
            String expectedRunId,
            Collection<String> plannedKeys,
            boolean partialOk,
            PrintStream out) {
        VerdictFile file;
        try {
            file = VerdictJson.read(verdictJson);
        } catch (NoSuchFileException e) {
            return unusable(out, verdictJson, "there is no such file: no verdict of this build was written");
        } catch (IOException | UncheckedIOException e) {
            return unusable(out, verdictJson, "it cannot be read: " + firstLine(e));
        }
        List<String> troubles = troubles(file, expectedRunId, plannedKeys);
        if (!troubles.isEmpty()) {
            return unusable(out, verdictJson, String.join("; ", troubles));
        }
        return exit(file, partialOk, out);
    }

    static List<String> troubles(VerdictFile file, String expectedRunId, Collection<String> plannedKeys) {
        List<String> troubles = new ArrayList<>();
        if (!file.runId().equals(expectedRunId)) {
            troubles.add("it is of run " + Clean.text(file.runId()) + ", not of this build's run " + expectedRunId);
        }
        troubles.addAll(keyTroubles(file, plannedKeys));
        List<String> bare = file.verdicts().stream()
                .filter(line -> line.state() == State.PASS && !line.evidenced())
                .map(VerdictFile.Line::key)
                .toList();
        if (!bare.isEmpty()) {
            troubles.add("PASS without a value or without whole coverage: " + some(bare));
        }
        Decision implied = implied(file);
        if (!implies(implied, file.decision())) {
            troubles.add("its decision is " + file.decision().words() + ", but its verdicts imply " + implied.words());
        }
        return troubles;
    }

    private static List<String> keyTroubles(VerdictFile file, Collection<String> plannedKeys) {
        Set<String> seen = new HashSet<>();
        Set<String> twice = new TreeSet<>();
        file.verdicts().stream()
                .map(VerdictFile.Line::key)
                .filter(key -> !seen.add(key))
                .forEach(twice::add);
        Set<String> missing = new TreeSet<>(plannedKeys);
        missing.removeAll(seen);
        Set<String> unplanned = new TreeSet<>(seen);
        unplanned.removeAll(new HashSet<>(plannedKeys));
        List<String> troubles = new ArrayList<>();
        if (plannedKeys.isEmpty()) {
            troubles.add("the plan holds no criterion");
        }
        if (!missing.isEmpty()) {
            troubles.add(
                    "planned, but without verdict: " + some(missing) + " (were tests skipped, filtered or aborted?)");
        }
        if (!twice.isEmpty()) {
            troubles.add("judged more than once: " + some(twice));
        }
        if (!unplanned.isEmpty()) {
            troubles.add("judged, but not planned: " + some(unplanned));
        }
        return troubles;
    }

    /** What the states say of what was asked for. */
    static Decision implied(VerdictFile file) {
        return file.wholeSuite() ? ofStates(file) : Decisions.ofSelection(ofStates(file));
    }

    /** Worst first. */
    private static Decision ofStates(VerdictFile file) {
        boolean green = file.verdicts().stream()
                        .allMatch(line -> line.state() == State.PASS || line.state() == State.NOT_APPLICABLE)
                && has(file, State.PASS);
        if (file.reference()) {
            return green ? Decision.SUITE_OK : Decision.SUITE_BROKEN;
        }
        if (has(file, State.FAIL)) {
            return Decision.REJECTED;
        }
        if (!green) {
            return Decision.INCONCLUSIVE;
        }
        return file.wholeInventory() && !file.sharedHost() ? Decision.ACCEPTED : Decision.PARTIAL;
    }

    /**
     * A decision may say less than its states: more doubt is the judge's right, e.g. PARTIAL where criteria were left out. It
     * may never say more, and it may not turn a failure into doubt.
     */
    private static boolean implies(Decision implied, Decision claimed) {
        return switch (implied) {
            case ACCEPTED ->
                claimed == Decision.ACCEPTED || claimed == Decision.PARTIAL || claimed == Decision.INCONCLUSIVE;
            case PARTIAL -> claimed == Decision.PARTIAL || claimed == Decision.INCONCLUSIVE;
            case SUITE_OK -> claimed == Decision.SUITE_OK || claimed == Decision.SUITE_BROKEN;
            case INCONCLUSIVE, REJECTED, SUITE_BROKEN -> claimed == implied;
        };
    }

    private static boolean has(VerdictFile file, State state) {
        return file.verdicts().stream().anyMatch(line -> line.state() == state);
    }

    private static int exit(VerdictFile file, boolean partialOk, PrintStream out) {
        String words = file.decision().words();
        return switch (file.decision()) {
            case ACCEPTED -> say(out, OK, words + ": every planned criterion passed over the whole inventory.");
            case SUITE_OK -> say(out, OK, words + ": the suite works here; this says nothing about a cluster.");
            case PARTIAL ->
                partialOk
                        ? say(out, OK, words + ": passed as far as it went, and -Dpartial=ok takes that.")
                        : say(
                                out,
                                NOT_ACCEPTED,
                                words
                                        + ": all that ran passed, but it was not the whole contract. Run the whole suite on"
                                        + " every node of the cluster file, or take a partial result with -Dpartial=ok.");
            case REJECTED ->
                say(out, REJECTED, words + ": " + list(file, State.FAIL) + ". The report says by how much and where.");
            case INCONCLUSIVE ->
                say(
                        out,
                        NOT_ACCEPTED,
                        words + ": nothing failed, but not everything is proven: " + unproven(file)
                                + ". The report says why; remove the cause and run again.");
            case SUITE_BROKEN ->
                say(
                        out,
                        NOT_ACCEPTED,
                        words + ": the suite does not work on this machine: " + unproven(file)
                                + ". The report holds the logs; trust no result of a cluster until this is SUITE OK.");
        };
    }

    private static String list(VerdictFile file, State state) {
        return "failed: " + some(keys(file, state));
    }

    private static String unproven(VerdictFile file) {
        List<String> parts = new ArrayList<>();
        for (State state : List.of(State.FAIL, State.INVALID, State.INCONCLUSIVE, State.NOT_RUN)) {
            if (has(file, state)) {
                parts.add(Words.state(state) + " " + some(keys(file, state)));
            }
        }
        return parts.isEmpty() ? "what was judged does not suffice for a decision" : String.join("; ", parts);
    }

    private static List<String> keys(VerdictFile file, State state) {
        return file.verdicts().stream()
                .filter(line -> line.state() == state)
                .map(VerdictFile.Line::key)
                .toList();
    }

    private static int unusable(PrintStream out, Path file, String why) {
        return say(
                out,
                NOT_ACCEPTED,
                "NOT ACCEPTED: the gate looked at " + file + " and " + why
                        + ". Run the whole of mvn verify again without"
                        + " -DskipITs, -Dit.test or -Dmaven.test.failure.ignore, or judge a recorded run with -Drun=.");
    }

    private static int say(PrintStream out, int code, String words) {
        out.println("assay gate: " + words);
        return code;
    }

    private static String some(Collection<String> keys) {
        List<String> shown = keys.stream().limit(KEYS_SHOWN).map(Clean::text).toList();
        String more = keys.size() > KEYS_SHOWN ? " and " + (keys.size() - KEYS_SHOWN) + " more" : "";
        return String.join(", ", shown) + more;
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        return Clean.shorten(
                Clean.text(message.lines().findFirst().orElse(e.getClass().getSimpleName())), 200);
    }
}
