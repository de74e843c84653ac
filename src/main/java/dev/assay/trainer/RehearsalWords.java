package dev.assay.trainer;

import dev.assay.training.GradientBucket;
import dev.assay.training.ZeroSchedule;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** What a rehearsal sent, in words: calls and their sizes, the largest and the last partial one among them. */
final class RehearsalWords {
    private RehearsalWords() {}

    static String gradients(ZeroSchedule schedule, ElementType type) {
        Map<dev.assay.training.Collective.Kind, LongSummaryStatistics> sizes =
                new EnumMap<>(dev.assay.training.Collective.Kind.class);
        for (GradientBucket bucket : schedule.buckets()) {
            LongSummaryStatistics ofKind = sizes.computeIfAbsent(bucket.kind(), kind -> new LongSummaryStatistics());
            bucket.calls().forEach(call -> ofKind.accept(call.elements()));
        }
        List<String> words = new ArrayList<>();
        sizes.forEach((kind, of) -> words.add(calls(of, kind.key())));
        return String.join(", ", words) + " of " + type + " over " + schedule.ranks() + " ranks";
    }

    static String weights(ZeroSchedule schedule) {
        LongSummaryStatistics sizes = new LongSummaryStatistics();
        schedule.gathersAfterUpdate().forEach(sizes::accept);
        schedule.gathers().forEach(group -> sizes.accept(schedule.dealt(group)));
        return calls(sizes, "all-gather") + " of BF16 over " + schedule.ranks() + " ranks";
    }

    private static String calls(LongSummaryStatistics sizes, String kind) {
        return sizes.getCount() + " " + kind + " of " + sizes.getMin() + " to " + sizes.getMax() + " elements";
    }
}
