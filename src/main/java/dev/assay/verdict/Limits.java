package dev.assay.verdict;

import dev.assay.criteria.Limit;
import dev.assay.measurement.Unit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Units against a limit: the worst unit decides, and at exactly the limit it is met. */
final class Limits {
    private static final double EQUAL = 1e-9;

    /**
     * What came of it.
     *
     * @param margin of the worst unit, ≥ 0 where the limit is met
     * @param bar the number that the worst unit stands beside
     * @param words the limit in words
     * @param missed units that miss it
     */
    record Meeting(UnitValue worst, double margin, double bar, String words, int missed) {
        boolean met() {
            return missed == 0;
        }
    }

    private Limits() {}

    /** Whether the limit can be missed at all: an infinite floor or an empty range judges nothing. */
    static boolean sane(Limit limit) {
        if (limit instanceof Limit.OfMedian ofMedian) {
            return ofMedian.share() > 0 && ofMedian.share() <= 1;
        }
        if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            return ofMedian.times() >= 1 && Double.isFinite(ofMedian.times());
        }
        if (limit instanceof Limit.Within within && within.low() > within.high()) {
            return false;
        }
        return bounds(limit).allMatch(Double::isFinite);
    }

    /** Whether it compares units with each other, so that one unit alone says nothing. */
    static boolean compares(Limit limit) {
        return limit instanceof Limit.OfMedian
                || limit instanceof Limit.AtMostOfMedian
                || limit instanceof Limit.Uniform;
    }

    /** Whether it is a share of the median, which all meet that gave nothing alike. */
    static boolean sharesOfMedian(Limit limit) {
        return limit instanceof Limit.OfMedian || limit instanceof Limit.AtMostOfMedian;
    }

    /** @param units at least one, all finite */
    static Meeting meet(Limit limit, List<UnitValue> units, Unit unit) {
        DoubleUnaryOperator margin = margin(limit, units);
        UnitValue worst = units.stream()
                .min(Comparator.comparingDouble(each -> margin.applyAsDouble(each.value())))
                .orElseThrow();
        int missed = (int) units.stream()
                .filter(each -> !(margin.applyAsDouble(each.value()) >= 0))
                .count();
        double distance = margin.applyAsDouble(worst.value());
        return new Meeting(worst, distance, bar(limit, units, worst.value()), words(limit, units, unit), missed);
    }

    static String words(Limit limit, List<UnitValue> units, Unit unit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return "at least " + Numbers.limit(atLeast.floor(), unit);
        }
        if (limit instanceof Limit.AtMost atMost) {
            return "at most " + Numbers.limit(atMost.most(), unit);
        }
        if (limit instanceof Limit.Equal equal) {
            return "exactly " + Numbers.limit(equal.value(), unit);
        }
        if (limit instanceof Limit.Within within) {
            return "between " + Numbers.limit(within.low(), unit) + " and " + Numbers.limit(within.high(), unit);
        }
        if (limit instanceof Limit.OfMedian ofMedian) {
            String share = "at least " + Numbers.limit(100 * ofMedian.share(), Unit.PERCENT) + " of the fleet's median";
            return units.isEmpty() ? share : share + " " + Numbers.of(median(units), unit);
        }
        if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            String times = "at most " + Numbers.limit(ofMedian.times(), Unit.RATIO) + " times the fleet's median";
            return units.isEmpty() ? times : times + " " + Numbers.of(median(units), unit);
        }
        return "the same everywhere";
    }

    /** By how much a value meets the limit, in the good direction, where these are the units that it compares. */
    static DoubleUnaryOperator margin(Limit limit, List<UnitValue> units) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return value -> value - atLeast.floor();
        }
        if (limit instanceof Limit.AtMost atMost) {
            return value -> atMost.most() - value;
        }
        if (limit instanceof Limit.Equal equal) {
            return value -> Math.abs(value - equal.value()) <= EQUAL * Math.abs(equal.value())
                    ? 0
                    : -Math.abs(value - equal.value());
        }
        if (limit instanceof Limit.Within within) {
            return value -> Math.min(value - within.low(), within.high() - value);
        }
        if (limit instanceof Limit.OfMedian ofMedian) {
            double floor = ofMedian.share() * median(units);
            return value -> value - floor;
        }
        if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            double most = ofMedian.times() * median(units);
            return value -> most - value;
        }
        double common = mostCommon(units);
        return value -> Double.doubleToLongBits(value) == Double.doubleToLongBits(common)
                ? 0
                : Math.min(-Double.MIN_VALUE, -Math.abs(value - common));
    }

    private static double bar(Limit limit, List<UnitValue> units, double worst) {
        if (limit instanceof Limit.Within within) {
            return worst - within.low() < within.high() - worst ? within.low() : within.high();
        }
        if (limit instanceof Limit.OfMedian ofMedian) {
            return ofMedian.share() * median(units);
        }
        if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            return ofMedian.times() * median(units);
        }
        if (limit instanceof Limit.Uniform) {
            return mostCommon(units);
        }
        return bounds(limit).findFirst().orElseThrow();
    }

    private static DoubleStream bounds(Limit limit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return DoubleStream.of(atLeast.floor());
        }
        if (limit instanceof Limit.AtMost atMost) {
            return DoubleStream.of(atMost.most());
        }
        if (limit instanceof Limit.Equal equal) {
            return DoubleStream.of(equal.value());
        }
        if (limit instanceof Limit.Within within) {
            return DoubleStream.of(within.low(), within.high());
        }
        if (limit instanceof Limit.OfMedian ofMedian) {
            return DoubleStream.of(ofMedian.share());
        }
        if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            return DoubleStream.of(ofMedian.times());
        }
        return DoubleStream.empty();
    }

    static double median(List<UnitValue> units) {
        return Samples.median(UnitValue.values(units));
    }

    private static double mostCommon(List<UnitValue> units) {
        Map<Double, Long> counts =
                units.stream().collect(Collectors.groupingBy(UnitValue::value, Collectors.counting()));
        long most = counts.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        return units.stream()
                .mapToDouble(UnitValue::value)
                .filter(value -> counts.getOrDefault(value, 0L) == most)
                .findFirst()
                .orElseThrow();
    }
}
