package dev.assay.job;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text that others wrote, made fit for a screen. */
final class Text {
    private static final int TAIL_LINES = 20;
    private static final int TAIL_BYTES = 16 * 1024;

    private Text() {}

    /** Without control characters (C0 but newline and tab, C1), which could move a terminal's cursor. */
    static String printable(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }

    /** The last 20 lines of a file; empty where there is none. */
    static String tail(Path file) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, access.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (access.length() - start)];
            access.seek(start);
            access.readFully(bytes);
            List<String> lines =
                    printable(new String(bytes, StandardCharsets.UTF_8)).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(log not readable: " + e.getMessage() + ")";
        }
    }

    /** The file's text; empty where it is absent or unreadable, which may be a shared file system that lags behind. */
    static String content(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            return "";
        }
    }
}
