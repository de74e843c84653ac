package dev.assay.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A text file as the report takes it: bounded, because 64 logs of a chatty library would make a report nobody can open. */
record Attachable(String type, String extension, String text) {
    static final int LIMIT_BYTES = 1 << 20;

    static Attachable of(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return plain("There is no such file: " + file);
        }
        long size = Files.size(file);
        if (size > LIMIT_BYTES) {
            return plain("[the first %d of %d bytes are left out; all of it: %s]%n%s"
                    .formatted(size - LIMIT_BYTES, size, file, tail(file, size)));
        }
        String extension = extension(file);
        String text = new String(Files.readAllBytes(file), UTF_8);
        return new Attachable(type(extension), extension, text);
    }

    /** The first whole lines that fit, the head among them, and how many were left out. */
    static String wholeLines(String text) {
        if (text.length() <= LIMIT_BYTES) {
            return text;
        }
        int end = text.lastIndexOf('\n', LIMIT_BYTES) + 1;
        long left = text.substring(end).lines().count();
        return text.substring(0, end) + "# " + left + " more lines: in the run folder\n";
    }

    private static Attachable plain(String text) {
        return new Attachable("text/plain", ".txt", text);
    }

    private static String tail(Path file, long size) throws IOException {
        byte[] bytes = new byte[LIMIT_BYTES];
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(size - LIMIT_BYTES);
            in.readFully(bytes);
        }
        return new String(bytes, UTF_8);
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot < 0 ? ".txt" : name.substring(dot).toLowerCase(Locale.ROOT);
    }

    private static String type(String extension) {
        return switch (extension) {
            case ".json" -> "application/json";
            case ".csv" -> "text/csv";
            case ".html" -> "text/html";
            case ".svg" -> "image/svg+xml";
            default -> "text/plain";
        };
    }
}
