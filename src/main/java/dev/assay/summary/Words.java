package dev.assay.summary;

import dev.assay.criteria.Limit;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Numbers and states as people read them, the same on page and screen. */
final class Words {
    static final String NONE = "–";
    private static final String NO_BREAK_SPACE = "\u00a0";
    private static final int MOST_DECIMALS = 6;

    private Words() {}

    static String state(State state) {
        return switch (state) {
            case PASS, FAIL, INCONCLUSIVE, INVALID -> state.name();
            case NOT_RUN -> "NOT RUN";
            case NOT_APPLICABLE -> "not judged";
        };
    }

    /**
     * The value with as many decimals as its unit deserves, and more where rounding would put it on the wrong side of the
     * limit: 94.98 % against ≥ 95 % must not read 95.0 %.
     */
    static String value(Verdict verdict) {
        return verdict.value().isPresent()
                ? number(
                        verdict.value().getAsDouble(),
                        verdict.criterion().unit(),
                        bounds(verdict.criterion().limit()))
                : NONE;
    }

    static String valueWithUnit(Verdict verdict) {
        return verdict.value().isPresent()
                ? withUnit(value(verdict), verdict.criterion().unit())
                : NONE;
    }

    static String number(double value, Unit unit, List<Double> bounds) {
        if (!Double.isFinite(value)) {
            return "not a number";
        }
        int decimals = decimals(unit, value);
        while (decimals < MOST_DECIMALS && roundsOnto(value, decimals, bounds)) {
            decimals++;
        }
        return group(rounded(value, decimals).toPlainString());
    }

    static String number(double value, Unit unit) {
        return number(value, unit, List.of());
    }

    /** As {@link #number(double, Unit)}, but what that would round to nearly nothing keeps three digits. */
    static String brief(double value, Unit unit) {
        return value == 0 || !Double.isFinite(value) || Math.abs(value) >= 1
                ? number(value, unit)
                : new BigDecimal(value)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    /** As written, without trailing zeros: for limits and ceilings. */
    static String exact(double value) {
        if (!Double.isFinite(value)) {
            return "not a number";
        }
        BigDecimal plain = BigDecimal.valueOf(value).stripTrailingZeros();
        return group(rounded(plain.doubleValue(), Math.min(MOST_DECIMALS, Math.max(0, plain.scale())))
                .toPlainString());
    }

    static String withUnit(String number, Unit unit) {
        return unit.isBare() ? number : number + NO_BREAK_SPACE + unit.symbol();
    }

    static String limit(Limit limit, Unit unit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return "≥" + NO_BREAK_SPACE + withUnit(exact(atLeast.floor()), unit);
        } else if (limit instanceof Limit.AtMost atMost) {
            return "≤" + NO_BREAK_SPACE + withUnit(exact(atMost.most()), unit);
        } else if (limit instanceof Limit.Equal equal) {
            return "=" + NO_BREAK_SPACE + withUnit(exact(equal.value()), unit);
        } else if (limit instanceof Limit.Within within) {
            return exact(within.low()) + " … " + withUnit(exact(within.high()), unit);
        } else if (limit instanceof Limit.OfMedian ofMedian) {
            return "≥" + NO_BREAK_SPACE + exact(100 * ofMedian.share()) + NO_BREAK_SPACE + "% of median";
        } else if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            return "≤" + NO_BREAK_SPACE + exact(ofMedian.times()) + NO_BREAK_SPACE + "× median";
        } else {
            return "all equal";
        }
    }

    /** A limit that judged nothing is not shown beside the value. */
    static String limit(Verdict verdict) {
        return verdict.criterion().judged()
                ? limit(verdict.criterion().limit(), verdict.criterion().unit())
                : NONE;
    }

    /** The sentence where the criterion's title stands already. */
    static String finding(Verdict verdict) {
        String title = verdict.criterion().title() + ": ";
        return verdict.sentence().startsWith(title) ? verdict.sentence().substring(title.length()) : verdict.sentence();
    }

    static String ceiling(Verdict verdict) {
        String number = ceilingNumber(verdict);
        return number.equals(NONE) ? NONE : withUnit(number, verdict.criterion().unit());
    }

    static String ceilingNumber(Verdict verdict) {
        OptionalDouble ceiling = verdict.criterion().ceiling();
        return verdict.criterion().judged() && ceiling.isPresent() && Double.isFinite(ceiling.getAsDouble())
                ? exact(rounded(ceiling.getAsDouble(), 1).doubleValue())
                : NONE;
    }

    static String spread(Verdict verdict) {
        return percent(verdict.spread());
    }

    /** In the criterion's unit, which is not repeated. */
    static String margin(Verdict verdict) {
        if (verdict.margin().isEmpty()) {
            return NONE;
        }
        double margin = verdict.margin().getAsDouble();
        String number = number(Math.abs(margin), verdict.criterion().unit(), List.of(0.0));
        String sign = margin > 0 ? "+" : margin < 0 ? "−" : "";
        return sign + number;
    }

    static String coverage(Coverage coverage) {
        return coverage.measured() + " of " + coverage.expected() + " " + coverage.what();
    }

    static String nodeCounts(List<Integer> counts) {
        return counts.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    static String count(long n, String one) {
        return n + " " + one + (n == 1 ? "" : "s");
    }

    private static String percent(OptionalDouble value) {
        return value.isPresent() ? withUnit(number(value.getAsDouble(), Unit.PERCENT), Unit.PERCENT) : NONE;
    }

    private static List<Double> bounds(Limit limit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return List.of(atLeast.floor());
        } else if (limit instanceof Limit.AtMost atMost) {
            return List.of(atMost.most());
        } else if (limit instanceof Limit.Equal equal) {
            return List.of(equal.value());
        } else if (limit instanceof Limit.Within within) {
            return List.of(within.low(), within.high());
        } else {
            return List.of();
        }
    }

    private static boolean roundsOnto(double value, int decimals, List<Double> bounds) {
        BigDecimal rounded = rounded(value, decimals);
        return bounds.stream().anyMatch(bound -> value != bound && rounded.compareTo(BigDecimal.valueOf(bound)) == 0);
    }

    private static int decimals(Unit unit, double value) {
        return switch (unit) {
            case PERCENT, TFLOPS, GIGABYTES_PER_SECOND, KELVIN, MICROSECOND, NANOSECOND, TOKENS_PER_SECOND -> 1;
            case WATT, JOULE, MEGAHERTZ, CELSIUS -> 0;
            case MILLISECOND, RATIO, TOKENS_PER_JOULE -> 3;
            case BYTES, MEBIBYTES, COUNT -> value == Math.rint(value) ? 0 : 2;
        };
    }

    private static BigDecimal rounded(double value, int decimals) {
        return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
    }

    /** 143771 as 143 771, with blanks that do not break. */
    private static String group(String plain) {
        int point = plain.indexOf('.');
        int end = point < 0 ? plain.length() : point;
        int start = plain.startsWith("-") ? 1 : 0;
        StringBuilder grouped = new StringBuilder(plain.replace('-', '−'));
        if (end - start > 4) {
            for (int i = end - 3; i > start; i -= 3) {
                grouped.insert(i, NO_BREAK_SPACE);
            }
        }
        return grouped.toString();
    }
}
