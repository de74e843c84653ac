package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A site's own limits, by criterion id, laid over the default ones. Only the figure may change, and only with a reason. */
final class SiteLimits {
    static final List<String> KEYS = List.of("limit", "reason", "unit");
    private static final Pattern REASON = Pattern.compile("[^\\p{Cntrl}]*\\S[^\\p{Cntrl}]{8,}");

    private SiteLimits() {}

    static Criteria lay(Criteria defaults, InputJson site) {
        List<String> ids = Stream.concat(defaults.drafts().stream(), defaults.training().stream())
                .map(Draft::id)
                .toList();
        site.fields().forEach((id, json) -> {
            if (!ids.contains(id) && !id.equals("comment") && !id.equals("$schema")) {
                throw CriteriaFile.unknownId(json, id, ids);
            }
        });
        return new Criteria(defaults.name(), lay(defaults.drafts(), site), lay(defaults.training(), site));
    }

    private static List<Draft> lay(List<Draft> drafts, InputJson site) {
        return drafts.stream()
                .map(draft ->
                        site.find(draft.id()).map(json -> lay(draft, json)).orElse(draft))
                .toList();
    }

    private static Draft lay(Draft draft, InputJson json) {
        json.onlyKeys(KEYS);
        InputJson limit = json.required("limit", "the site's limit, e.g. {\"atLeast\": 600}");
        LimitForm form = LimitForm.read(limit);
        if (!draft.limit().sameKind(form)) {
            throw limit.error(
                    "another kind of limit than the default has",
                    "the default's kind with another figure",
                    "change the figure only; see the built-in criteria for the kind");
        }
        if (json.has("unit")) {
            DraftReader.unit(json, draft.metric());
        }
        DraftReader.checkLimit(json, form, draft.metric(), draft.ceiling().value());
        String reason = json.required("reason", "it is printed beside the default, for the one who signs")
                .matching(REASON, "one line of words that gives the reason");
        return draft.withSite(new Draft.SiteForm(form, reason));
    }
}
