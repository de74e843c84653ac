package dev.assay.verdict;

import java.util.List;

/** A unit (a GPU, a launch) by the name people use, and the one number that stands for it. */
record UnitValue(String unit, double value) {
    static List<Double> values(List<UnitValue> units) {
        return units.stream().map(UnitValue::value).toList();
    }
}
