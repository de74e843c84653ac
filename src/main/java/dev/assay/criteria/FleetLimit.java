package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The key {@code fleet} of a criterion: a second criterion of the same measurements, judged against the median of the fleet.
 * An absolute floor is loose by nature and lets a sick part through; this finds it.
 *
 * @param share of the median that the worst unit must reach; of a time at most 1 / share of it
 * @param reason why it is looser than {@link #SHARE}
 */
record FleetLimit(double share, Optional<String> reason) {
    /** Assay's metric definitions. */
    static final double SHARE = 0.97;

    static final String KEY = "fleet";
    static final String SUFFIX = "-fleet";
    private static final List<String> KEYS = List.of("share", "reason");
    private static final Pattern REASON = Pattern.compile("[^\\p{Cntrl}]*\\S[^\\p{Cntrl}]{8,}");

    /** The criteria that one entry of a file stands for: itself, and its second one where it has the key. */
    static List<Draft> expand(InputJson entry) {
        Draft draft = DraftReader.read(entry);
        return entry.find(KEY)
                .map(json -> {
                    checkComparable(json, draft);
                    return List.of(draft, read(json).beside(draft));
                })
                .orElse(List.of(draft));
    }

    private static FleetLimit read(InputJson json) {
        if (!json.isObject()) {
            double share = share(json);
            if (share != SHARE) {
                throw json.error(
                        json.found() + " without a reason",
                        Double.toString(SHARE) + ", or {\"share\": …, \"reason\": \"…\"}",
                        "say why this part of a sound fleet is less even than others");
            }
            return new FleetLimit(share, Optional.empty());
        }
        json.onlyKeys(KEYS);
        double share = share(json.required("share", "the share of the fleet's median, e.g. 0.9"));
        String reason = json.required("reason", "it is printed as the source, for the one who signs")
                .matching(REASON, "one line of words that gives the reason");
        return new FleetLimit(share, Optional.of(reason));
    }

    private static double share(InputJson json) {
        double share = json.number();
        if (!(share > 0) || share > 1) {
            throw json.error(json.found(), "a share above 0 and at most 1", "write 0.97 for 97 %");
        }
        return share;
    }

    private static void checkComparable(InputJson json, Draft draft) {
        boolean absolute = !(draft.limit() instanceof LimitForm.Fixed fixed)
                || fixed.limit() instanceof Limit.AtLeast
                || fixed.limit() instanceof Limit.AtMost
                || fixed.limit() instanceof Limit.Within;
        if (!absolute) {
            throw json.error(
                    "a fleet's limit beside one that compares already, or is exact",
                    "beside atLeast, atMost or within",
                    "remove the key, or write the other criterion by itself");
        }
    }

    /** Judged even where the absolute figure is only shown: nobody needs to know a good value to see who is unlike the rest. */
    private Draft beside(Draft draft) {
        boolean time = draft.metric().unit().isTime();
        return new Draft(
                draft.id() + SUFFIX,
                draft.title() + ", against the fleet",
                draft.workload(),
                draft.metric(),
                draft.conditions(),
                draft.statistic(),
                new LimitForm.Fixed(time ? new Limit.AtMostOfMedian(1 / share) : new Limit.OfMedian(share)),
                draft.unit(),
                time ? CeilingForm.NONE : draft.ceiling(),
                source(time),
                draft.requires(),
                true,
                Optional.empty());
    }

    private String source(boolean time) {
        return reason.map(why -> String.format(
                        Locale.ROOT,
                        "Assay: looser than the %s that its metric definitions ask of every part, %s: %s",
                        SHARE,
                        time ? "for a time mirrored" : "of the fleet's median",
                        why))
                .orElse("Assay's metric definitions: of every GPU, link and node the worst must reach " + SHARE
                        + " of the fleet's median, which finds the sick part that an absolute floor lets through"
                        + (time ? "; for a time mirrored, at most 1 / " + SHARE + " of it." : "."));
    }
}
