package dev.assay.run;

import dev.assay.summary.Conclusion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Judging a recorded run again, for tests. */
final class Replays {
    private Replays() {}

    /**
     * @param folder what is written goes there, into {@code home} and {@code out}
     * @param more properties of the command line
     */
    static Conclusion replay(Path folder, Path recorded, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(more);
        properties.put("run", recorded.toString());
        properties.put("assay.home", folder.resolve("home").toString());
        properties.put("assay.output", folder.resolve("out").toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        Run run = Run.open(options, true);
        run.plan().rows().forEach(run::verdict);
        return Conclusions.conclude(run, "not asked for");
    }

    /** All of them, as the file has them. */
    static String verdicts(Path folder) throws IOException {
        String json = Files.readString(folder.resolve("verdict.json"));
        return json.substring(json.indexOf("\"verdicts\""), json.indexOf("\"certified\""));
    }
}
