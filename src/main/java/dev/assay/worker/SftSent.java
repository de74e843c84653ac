package dev.assay.worker;

import dev.assay.measurement.Check;
import dev.assay.trainer.CollectiveTime;
import dev.assay.trainer.StepResult;
import dev.assay.training.Collective;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the steps sent what the plan says that they send, call by call and byte by byte: projection, sensitivity and the
 * bytes that NICs must count are reckoned from it.
 */
final class SftSent {
    /** Of one kind for one purpose in one step; none where there is no such call. */
    private record Calls(long calls, long bytes) {
        private static final Calls NONE = new Calls(0, 0);

        /** Of count and bytes, how many differ. */
        int differing(Calls other) {
            return (calls == other.calls ? 0 : 1) + (bytes == other.bytes ? 0 : 1);
        }

        @Override
        public String toString() {
            return calls + " calls of " + bytes + " B";
        }
    }

    private SftSent() {}

    /**
     * @param steps as they were enqueued on this rank, one at least
     * @param planned of a step, of several ranks, so that it is something
     */
    static Check check(List<StepResult> steps, List<Collective> planned) {
        Map<String, Calls> expected = planned(planned);
        long checked = 0;
        long wrong = 0;
        String first = "";
        for (StepResult step : steps) {
            Map<String, Calls> sent = sent(step);
            Set<String> all = new LinkedHashSet<>(expected.keySet());
            all.addAll(sent.keySet());
            for (String what : all) {
                Calls enqueued = sent.getOrDefault(what, Calls.NONE);
                Calls due = expected.getOrDefault(what, Calls.NONE);
                int differing = due.differing(enqueued);
                checked += 2;
                wrong += differing;
                if (differing > 0 && first.isEmpty()) {
                    first = "; first in step " + step.number() + ", " + what + ": " + enqueued + " enqueued, " + due
                            + " predicted";
                }
            }
        }
        return new Check(
                "sft.sent",
                checked,
                wrong,
                wrong == 0 ? 0 : Double.MAX_VALUE,
                "calls and bytes of each kind and purpose in each of " + steps.size()
                        + " steps, as enqueued on this rank, against the plan's of a step: " + words(expected) + first);
    }

    private static Map<String, Calls> planned(List<Collective> planned) {
        Map<String, Calls> all = new LinkedHashMap<>();
        planned.forEach(each -> all.put(key(each.kind(), each.purpose()), new Calls(each.calls(), each.bytes())));
        return all;
    }

    private static Map<String, Calls> sent(StepResult step) {
        Map<String, Calls> all = new LinkedHashMap<>();
        for (CollectiveTime each : step.times().collectives()) {
            all.put(key(each.kind(), each.purpose()), new Calls(each.calls(), each.bytes()));
        }
        return all;
    }

    private static String key(Collective.Kind kind, String purpose) {
        return kind.key() + " of " + purpose;
    }

    private static String words(Map<String, Calls> all) {
        return all.entrySet().stream()
                .map(each -> each.getKey() + ", " + each.getValue())
                .collect(Collectors.joining("; "));
    }
}
