package dev.assay.worker;

import dev.assay.plan.Spec;
import java.util.List;

/** What a person changes in a spec who runs it by hand. */
final class LoneSpec {
    private LoneSpec() {}

    /** The same work for one rank by itself. */
    static Spec of(Spec spec) {
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
                spec.libraryDirectories(),
                spec.variant());
    }
}
