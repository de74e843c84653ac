package dev.assay.summary;

import dev.assay.plan.TrainingConfig;
import dev.assay.plan.TrainingRecord;
import dev.assay.plan.TrainingValue;
import java.util.List;

/** What each DeepSpeed config was read as; nothing where none was, or where the plan was written before plans kept it. */
final class PageConfigs {
    private final List<TrainingConfig> configs;

    PageConfigs(List<TrainingConfig> configs) {
        this.configs = List.copyOf(configs);
    }

    static PageConfigs of(Conclusion conclusion) {
        return new PageConfigs(
                conclusion.plan().training().map(TrainingRecord::configs).orElse(List.of()));
    }

    void onto(Page page) {
        if (configs.isEmpty()) {
            return;
        }
        page.markup("<section class=\"sheet\">\n");
        page.element(
                "p",
                "What each DeepSpeed config was read as: every value that changes the work, and where it comes from.");
        configs.forEach(config -> onto(page, config));
        page.markup("</section>\n");
    }

    private static void onto(Page page, TrainingConfig config) {
        page.heading(config.file() + ": " + config.model());
        page.open("dl", "facts");
        page.fact("Modes", config.nominal());
        page.fact("Stress variant", config.stress());
        page.fact("Scaling", config.scaling());
        page.close("dl");
        page.bullets(config.notes());
        page.open("table", "plain small").heads("Key", "Value", "From").open("tbody", "");
        config.values().forEach(value -> row(page, value, ""));
        config.stressValues().forEach(value -> row(page, value, " (stress variant)"));
        page.close("tbody").close("table");
        if (!config.withoutEffect().isEmpty()) {
            page.element("p", "Accepted without effect:").bullets(config.withoutEffect());
        }
    }

    private static void row(Page page, TrainingValue value, String of) {
        page.open("tr", "")
                .element("td", "mono", value.key() + of)
                .element("td", "mono", value.value())
                .element("td", value.from())
                .close("tr");
    }
}
