package dev.assay.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.assay.measurement.StrictJson;
import dev.assay.plan.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads {@code spec.json} as strictly as the driver wrote it. */
final class SpecFile {
    private SpecFile() {}

    static Spec read(Path path) {
        try {
            Spec spec = StrictJson.mapper().readValue(Files.readString(path), Spec.class);
            if (spec.schema() != Spec.SCHEMA) {
                throw new WorkerException("reading " + path + ": schema must be " + Spec.SCHEMA + ", got "
                        + spec.schema() + "; driver and worker are of different versions");
            }
            return spec;
        } catch (JsonProcessingException e) {
            throw new WorkerException("reading " + path + ": not a spec: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new WorkerException(
                    "reading " + path + ": " + e + "; does this node share the run folder (-Dassay.home=)?", e);
        }
    }

    /** The same work for one rank by itself. */
    static Spec alone(Spec spec) {
        return new Spec(
                spec.schema(),
                spec.runId(),
                spec.planHash(),
                spec.experiment(),
                spec.launch(),
                spec.role(),
                spec.repetition(),
                spec.workload(),
                spec.device(),
                List.of(spec.nodes().get(0)),
                1,
                spec.measuredSeconds(),
                spec.warmUpSeconds(),
                spec.phaseDeadlineSeconds(),
                spec.seed(),
                true,
                spec.libraryDirectories());
    }
}
