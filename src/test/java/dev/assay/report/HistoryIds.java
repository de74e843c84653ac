package dev.assay.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.qameta.allure.listener.TestLifecycleListener;
import io.qameta.allure.model.Parameter;
import io.qameta.allure.model.TestResult;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Gives a row the same history wherever it stands in the table.
 *
 * <p>Allure hashes the row's number, so {@code -Dnodes=1,2} after {@code -Dnodes=2} would compare one node with two. Here the
 * id follows the visible parameters; a row without any is known by its name. Registered in {@code META-INF/services}.
 */
public final class HistoryIds implements TestLifecycleListener {
    @Override
    public void beforeTestStop(TestResult result) {
        result.setHistoryId(of(result));
    }

    /** Once more: parameters may be added after the test has stopped. */
    @Override
    public void beforeTestWrite(TestResult result) {
        result.setHistoryId(of(result));
    }

    static String of(TestResult result) {
        String parameters = result.getParameters().stream()
                .filter(HistoryIds::isVisible)
                .map(parameter -> parameter.getName() + "=" + parameter.getValue())
                .sorted()
                .collect(joining("\n"));
        return md5(result.getFullName() + "\n" + (parameters.isEmpty() ? result.getName() : parameters));
    }

    private static boolean isVisible(Parameter parameter) {
        return parameter.getMode() != Parameter.Mode.HIDDEN && !Boolean.TRUE.equals(parameter.getExcluded());
    }

    private static String md5(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
