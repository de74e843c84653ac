package dev.assay.deepspeed;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A DeepSpeed config file that can be honoured: read and checked, but not yet resolved for a number of ranks. */
@SuppressWarnings("DoNotCallSuggester")
public final class DeepSpeedFile {
    private DeepSpeedFile() {}

    /** @throws DeepSpeedException with everything that is wrong with the file */
    public static DeepSpeedFile read(Path file) {
        throw new UnsupportedOperationException(file.toString());
    }

    /** As messages name it. */
    public String name() {
        throw new UnsupportedOperationException();
    }

    public AssaySection assay() {
        throw new UnsupportedOperationException();
    }

    public Scaling scaling() {
        throw new UnsupportedOperationException();
    }

    public List<Note> notes() {
        throw new UnsupportedOperationException();
    }

    /** The same file with what {@code assay.stress} sets in place of its own values. */
    public Optional<DeepSpeedFile> stress() {
        throw new UnsupportedOperationException();
    }

    /** @throws DeepSpeedException where the batch keys do not fit this number of ranks */
    public DeepSpeedConfig resolve(int dataParallelWorld) {
        throw new UnsupportedOperationException(String.valueOf(dataParallelWorld));
    }
}
