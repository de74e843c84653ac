package dev.assay.run;

import dev.assay.cluster.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which run this build is about: left by the plan step for the acceptance tests, the report step and the gate, which run in
 * processes of their own.
 *
 * @param folder of the run
 * @param replay whether it is a recorded one, to be judged again and not to be written to
 */
record Current(String runId, String folder, boolean replay) {
    private static final String NAME = "current.json";

    void write(Path output) {
        Json.write(output.resolve(NAME), this);
    }

    static Current read(Path output) {
        Path file = output.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new InputException("No run has been planned: " + file + " is missing. Start with mvn verify.");
        }
        return Json.read(file, Current.class);
    }

    static void forget(Path output) {
        Json.delete(output.resolve(NAME));
    }
}
