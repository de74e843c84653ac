package dev.assay.report;

import static org.junit.platform.engine.TestExecutionResult.Status.SUCCESSFUL;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says each row as it ends, and keeps them for the XML. A container that fails counts as a row: its rows never ran. */
final class Rows implements TestExecutionListener {
    enum Outcome {
        PASSED,
        FAILED,
        BROKEN,
        SKIPPED
    }

    /**
     * One row that ended.
     *
     * @param trouble why it failed, broke or was skipped; empty if it passed
     * @param stackTrace empty where nothing was thrown
     */
    record Finished(String group, String name, Outcome outcome, Duration took, String trouble, String stackTrace) {
        boolean green() {
            return outcome == Outcome.PASSED || outcome == Outcome.SKIPPED;
        }
    }

    private final PrintStream screen;
    private final List<Finished> finished = new ArrayList<>();
    private final Map<UniqueId, Instant> started = new HashMap<>();
    private Optional<TestPlan> plan = Optional.empty();

    Rows(PrintStream screen) {
        this.screen = screen;
    }

    List<Finished> finished() {
        return List.copyOf(finished);
    }

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = Optional.of(testPlan);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueIdObject(), Instant.now());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        end(test, Outcome.SKIPPED, reason, Optional.empty());
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() || result.getStatus() != SUCCESSFUL) {
            Optional<Throwable> thrown = result.getThrowable();
            end(test, outcome(result), thrown.map(Rows::message).orElse(""), thrown);
        }
    }

    private static Outcome outcome(TestExecutionResult result) {
        return switch (result.getStatus()) {
            case SUCCESSFUL -> Outcome.PASSED;
            case ABORTED -> Outcome.SKIPPED;
            case FAILED ->
                result.getThrowable().filter(AssertionError.class::isInstance).isPresent()
                        ? Outcome.FAILED
                        : Outcome.BROKEN;
        };
    }

    private static String message(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    }

    private void end(TestIdentifier test, Outcome outcome, String trouble, Optional<Throwable> thrown) {
        Instant now = Instant.now();
        Duration took = Duration.between(started.getOrDefault(test.getUniqueIdObject(), now), now);
        String stackTrace = thrown.map(Rows::stackTrace).orElse("");
        finished.add(new Finished(group(test), test.getDisplayName(), outcome, took, trouble, stackTrace));

        String firstLine = outcome == Outcome.SKIPPED
                ? ""
                : trouble.lines().findFirst().map(line -> ": " + line).orElse("");
        screen.println("  " + outcome.name().toLowerCase(Locale.ROOT) + "  " + test.getDisplayName() + firstLine);
    }

    /** The display name of the class, two or three storeys up. */
    private String group(TestIdentifier test) {
        Optional<TestIdentifier> at = Optional.of(test);
        String group = test.getDisplayName();
        while (at.isPresent() && plan.isPresent()) {
            if (at.get().getUniqueIdObject().getLastSegment().getType().equals("class")) {
                group = at.get().getDisplayName();
            }
            at = plan.get().getParent(at.get());
        }
        return group;
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
