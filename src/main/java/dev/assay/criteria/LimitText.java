package dev.assay.criteria;

import dev.assay.measurement.Unit;
import java.math.BigDecimal;
import java.math.MathContext;

/** Limits and figures as people read them: {@code ≥ 90 %}. */
public final class LimitText {
    private LimitText() {}

    public static String of(Limit limit, Unit unit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return "≥ " + withUnit(atLeast.floor(), unit);
        }
        if (limit instanceof Limit.AtMost atMost) {
            return "≤ " + withUnit(atMost.most(), unit);
        }
        if (limit instanceof Limit.Equal equal) {
            return "= " + withUnit(equal.value(), unit);
        }
        if (limit instanceof Limit.Within within) {
            return "within " + number(within.low()) + " … " + withUnit(within.high(), unit);
        }
        if (limit instanceof Limit.OfMedian ofMedian) {
            return "≥ " + number(100 * ofMedian.share()) + " % of the median";
        }
        if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            return "≤ " + number(ofMedian.times()) + " × the median";
        }
        return "the same on every GPU";
    }

    /** A count and a ratio carry no unit on the screen. */
    public static String withUnit(double value, Unit unit) {
        return unit.isBare() ? number(value) : number(value) + " " + unit.symbol();
    }

    /** Whole numbers whole, others to four significant digits. */
    public static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal exact = BigDecimal.valueOf(value);
        boolean whole = value == Math.rint(value);
        BigDecimal shown = (whole ? exact : exact.round(new MathContext(4))).stripTrailingZeros();
        return shown.toPlainString();
    }
}
