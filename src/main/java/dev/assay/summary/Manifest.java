package dev.assay.summary;

import dev.assay.measurement.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code MANIFEST.sha256}: SHA-256 of every regular file of a run folder, in the format of coreutils, so that
 * {@code sha256sum -c MANIFEST.sha256} verifies it without this suite. Symbolic links are neither followed nor listed; the
 * run's secret is left out, because it does not travel with the evidence.
 */
public final class Manifest {
    public static final String NAME = "MANIFEST.sha256";
    private static final String SECRET = "secret";
    private static final Pattern LINE = Pattern.compile("(\\\\?)([0-9a-f]{64}) [ *](.+)");

    private Manifest() {}

    /** To be called last: a file that is written later is not covered. */
    public static void write(Path runFolder) {
        Path part = runFolder.resolve(NAME + ".part");
        try {
            Files.deleteIfExists(part);
            String text = text(hashes(runFolder, file -> true));
            Files.writeString(part, text, StandardCharsets.UTF_8);
            Files.move(
                    part, runFolder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "writing the manifest of run folder " + runFolder + ": " + e.getMessage(), e);
        }
    }

    /** What does not agree, one sentence a line; empty: the folder is as it was written. */
    public static List<String> verify(Path runFolder) {
        try {
            List<String> problems = new ArrayList<>();
            Map<String, String> listed = listed(runFolder.resolve(NAME), problems);
            Map<String, String> found = hashes(runFolder, file -> true);
            listed.forEach((file, hash) -> {
                String now = found.get(file);
                if (now == null) {
                    problems.add(Clean.text(file) + " is listed, but no regular file of the folder");
                } else if (!now.equals(hash)) {
                    problems.add(Clean.text(file) + " has changed: SHA-256 is " + now + ", the manifest says " + hash);
                }
            });
            found.keySet().stream()
                    .filter(file -> !listed.containsKey(file))
                    .forEach(file -> problems.add(Clean.text(file) + " is not listed: it came later"));
            return problems;
        } catch (IOException e) {
            return List.of("the manifest of " + runFolder + " cannot be verified: " + e);
        }
    }

    /**
     * One SHA-256 over many files, hex: of the manifest's lines of those that are chosen.
     *
     * @param which chooses by the path relative to the run folder
     */
    public static String digest(Path runFolder, Predicate<Path> which) {
        try {
            return Sha256.ofText(text(hashes(runFolder, which)));
        } catch (IOException e) {
            throw new UncheckedIOException("hashing the files of run folder " + runFolder + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> listed(Path manifest, List<String> problems) throws IOException {
        if (!Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS)) {
            problems.add("there is no " + NAME);
            return Map.of();
        }
        Map<String, String> listed = new TreeMap<>();
        for (String line :
                Files.readString(manifest, StandardCharsets.UTF_8).lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add(NAME + " holds a line that is none: " + Clean.shorten(Clean.text(line), 80));
                continue;
            }
            String name = matcher.group(1).isEmpty() ? matcher.group(3) : unescape(matcher.group(3));
            if (listed.put(name, matcher.group(2)) != null) {
                problems.add(Clean.text(name) + " is listed twice");
            }
        }
        return listed;
    }

    /** Relative path with slashes to SHA-256, sorted. */
    private static Map<String, String> hashes(Path runFolder, Predicate<Path> which) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(runFolder)) {
            for (Path file : (Iterable<Path>) walk::iterator) {
                Path relative = runFolder.relativize(file);
                boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
                if (regular && !leftOut(relative) && which.test(relative)) {
                    hashes.put(
                            relative.toString().replace(relative.getFileSystem().getSeparator(), "/"),
                            Sha256.ofFile(file));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return hashes;
    }

    private static boolean leftOut(Path relative) {
        String name = relative.toString();
        return name.equals(NAME) || name.equals(SECRET);
    }

    private static String text(Map<String, String> hashes) {
        StringBuilder text = new StringBuilder();
        hashes.forEach((file, hash) -> {
            String escaped = escape(file);
            text.append(escaped.equals(file) ? "" : "\\");
            text.append(hash).append("  ").append(escaped).append('\n');
        });
        return text.toString();
    }

    /** As coreutils does: a name with a backslash or a line break is escaped, and its line begins with a backslash. */
    private static String escape(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String name) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\' && i + 1 < name.length()) {
                i++;
                char escaped = name.charAt(i);
                plain.append(escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
