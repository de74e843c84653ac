package dev.assay.deepspeed;

import dev.assay.cluster.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What reading one file gives besides its values: problems, all of them, notes, and where each value came from. */
final class Findings {
    private final String doing;
    private final List<InputException> problems = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();
    private final List<Resolved> resolved = new ArrayList<>();

    /** @param doing the first part of error messages, e.g. {@code Reading the DeepSpeed config my.json} */
    Findings(String doing) {
        this.doing = doing;
    }

    /** About this very value. */
    void problem(Node at, String found, String valid, String advice) {
        problems.add(new InputException(doing + ", line " + at.line() + ", " + at.path(), found, valid, advice));
    }

    /** About something that is not there. */
    void problem(String path, String found, String valid, String advice) {
        problems.add(new InputException(doing + ", " + path, found, valid, advice));
    }

    /** What DeepSpeed would do and this suite does not, so that the result would not be what the file asks for. */
    void refuse(Node at, String reason, String advice) {
        problem(at, at.found() + ": " + reason, "work that this suite can do as the file asks", advice);
    }

    void note(Note.Kind kind, String key, String text) {
        notes.add(new Note(kind, key, text));
    }

    <T> T resolved(String key, T value, Origin origin, String how) {
        resolved.add(new Resolved(key, text(value), origin, how));
        return value;
    }

    void throwProblems() {
        if (!problems.isEmpty()) {
            throw new DeepSpeedException(problems);
        }
    }

    boolean none() {
        return problems.isEmpty();
    }

    List<Note> notes() {
        return List.copyOf(notes);
    }

    List<Resolved> resolved() {
        return List.copyOf(resolved);
    }

    /** Constants as files write them. */
    private static String text(Object value) {
        return value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value.toString();
    }
}
