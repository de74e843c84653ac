package dev.assay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.launcher.TestIdentifier;
import org.opentest4j.TestAbortedException;

class AcceptanceMainTest {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final Rows rows = new Rows(new PrintStream(screen, true, StandardCharsets.UTF_8));

    @Test
    void passedAndNotApplicableRowsAreASuccess() {
        rows.executionFinished(row("one"), TestExecutionResult.successful());
        rows.executionFinished(row("two"), TestExecutionResult.aborted(new TestAbortedException("no such part")));

        assertThat(AcceptanceMain.exitCode(rows.finished())).isZero();
    }

    @Test
    void noRowIsNoSuccess() {
        assertThat(AcceptanceMain.exitCode(List.of())).isEqualTo(1);
    }

    @Test
    void anAssertionIsAFailureAndAnythingElseIsBroken() {
        rows.executionFinished(row("slow"), TestExecutionResult.failed(new AssertionError("FAIL: 88 %\nmore")));
        rows.executionFinished(row("lost"), TestExecutionResult.failed(new IllegalStateException("NOT_RUN: rank 3")));

        assertThat(rows.finished())
                .extracting(Rows.Finished::outcome)
                .containsExactly(Rows.Outcome.FAILED, Rows.Outcome.BROKEN);
        assertThat(AcceptanceMain.exitCode(rows.finished())).isEqualTo(1);
        assertThat(screen.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("  failed  slow: FAIL: 88 %", "  broken  lost: NOT_RUN: rank 3");
    }

    @Test
    void aContainerThatBreaksHidesNoRows() {
        TestIdentifier container = identifier("GPU utilisation", TestDescriptor.Type.CONTAINER);

        rows.executionFinished(container, TestExecutionResult.failed(new IllegalStateException("no plan")));

        assertThat(AcceptanceMain.exitCode(rows.finished())).isEqualTo(1);
    }

    @Test
    void aContainerThatEndsWellIsNoRow() {
        rows.executionFinished(identifier("all", TestDescriptor.Type.CONTAINER), TestExecutionResult.successful());

        assertThat(rows.finished()).isEmpty();
    }

    private static TestIdentifier row(String name) {
        return identifier(name, TestDescriptor.Type.TEST);
    }

    private static TestIdentifier identifier(String name, TestDescriptor.Type type) {
        return TestIdentifier.from(
                new AbstractTestDescriptor(UniqueId.forEngine("jupiter").append("row", name), name) {
                    @Override
                    public Type getType() {
                        return type;
                    }
                });
    }
}
