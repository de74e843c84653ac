package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import java.util.OptionalDouble;

/**
 * A ceiling as a criteria file writes it: none, a number, or a multiple of what the cluster file says that all NICs of a node
 * carry one way.
 *
 * @param value as it stands in the file
 * @param timesLine of a node's line rate; where nodes share a host there is no line, and no such ceiling
 */
record CeilingForm(OptionalDouble value, OptionalDouble timesLine) {
    static final CeilingForm NONE = new CeilingForm(OptionalDouble.empty(), OptionalDouble.empty());

    static final String FIXED = "ceiling";
    static final String OF_LINE = "ceilingOfLine";

    OptionalDouble resolve(PlannedFigures figures) {
        return timesLine.isPresent() && figures.nodeGBps() > 0
                ? OptionalDouble.of(timesLine.getAsDouble() * figures.nodeGBps())
                : value;
    }

    static CeilingForm read(InputJson json, Metric metric) {
        CeilingForm form = new CeilingForm(number(json, FIXED), number(json, OF_LINE));
        if (form.timesLine.isEmpty()) {
            return form;
        }
        InputJson line = json.required(OF_LINE, "");
        if (form.value.isPresent()) {
            throw line.error("two ceilings", FIXED + " or " + OF_LINE, "write one of them");
        }
        if (!(form.timesLine.getAsDouble() > 0)) {
            throw line.error(line.found(), "a multiple above 0", "write 1 for what all NICs of a node carry one way");
        }
        if (metric.unit() != Unit.GIGABYTES_PER_SECOND) {
            throw line.error(
                    "a multiple of the line rate (GB/s) for " + metric.key() + " in "
                            + metric.unit().symbol(),
                    "a metric in GB/s",
                    "write another ceiling");
        }
        return form;
    }

    private static OptionalDouble number(InputJson json, String key) {
        return json.find(key).map(InputJson::number).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }
}
