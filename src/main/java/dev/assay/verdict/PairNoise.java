package dev.assay.verdict;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What a healthy part's median slowness may be: σ of one meeting / √meetings, and the lasting spread of healthy parts, which
 * no repeat makes smaller. Both are learned from the fleet itself by median absolute deviation; the spread of few parts is
 * known badly, so it is weighed with a usual one (moderated t: G. K. Smyth, Statistical Applications in Genetics and Molecular
 * Biology 3, 2004).
 *
 * <p>The lasting spread is taken from the slower half: where a pair is as fast as its slower end, a part better than most
 * looks like the median, a part worse than most looks as bad as it is, and the whole spread would be underrated.
 */
final class PairNoise {
    /** Of a median of normal values against their mean: √(π/2). */
    private static final double MEDIAN_COST = 1.2533;

    /** Meetings of a part, and parts, from which something can be learned. */
    static final int ENOUGH = 3;
    /** Lasting spread of healthy parts, a logarithm, where too few are there to learn it; weighs as this many. */
    private static final double USUAL_SPREAD = 0.004;

    private static final double USUAL_WEIGHT = 10;
    /** Of the median absolute deviation against the standard deviation 0.37, and of half the values about half of that. */
    private static final double MAD_EFFICIENCY = 0.2;

    private static final double LEAST_SIGMA = 1e-3;

    private enum Width {
        RAIL,
        NODE,
        LINK,
        NODE_PAIR
    }

    /**
     * @param sigma of one meeting
     * @param spread of healthy parts, lasting
     * @param freedom degrees of it
     */
    private record Scale(double sigma, double spread, double freedom) {}

    /** Medians of parts of one width that met often enough. */
    private record Group(List<double[]> meetings) {
        double sigma(double otherwise) {
            double sigma =
                    Robust.median(meetings.stream().mapToDouble(Robust::sigma).toArray());
            return Double.isNaN(sigma) ? otherwise : Math.max(sigma, LEAST_SIGMA);
        }

        Scale scale(double otherwise, double usualSpread) {
            double sigma = sigma(otherwise);
            double usual = usualSpread * usualSpread;
            if (meetings.size() < ENOUGH) {
                return new Scale(sigma, usualSpread, USUAL_WEIGHT);
            }
            double[] medians = meetings.stream()
                    .mapToDouble(own -> Robust.medianOfSorted(own, own.length))
                    .toArray();
            double count = Robust.median(
                    meetings.stream().mapToDouble(own -> own.length).toArray());
            double seen = Robust.sigmaAbove(medians);
            double lasting = Math.max(0, seen * seen - square(MEDIAN_COST * sigma) / count);
            double weight = MAD_EFFICIENCY * (medians.length - 1);
            double variance = (USUAL_WEIGHT * usual + weight * lasting) / (USUAL_WEIGHT + weight);
            return new Scale(sigma, Math.sqrt(variance), USUAL_WEIGHT + weight);
        }
    }

    private final Map<Width, Scale> scales = new EnumMap<>(Width.class);

    /** @param leftOut observations to learn nothing from */
    PairNoise(PairIndex index, boolean[] leftOut) {
        Map<Width, Group> groups = new EnumMap<>(Width.class);
        for (int part = 0; part < index.parts(); part++) {
            double[] meetings = index.meetingMedians(part, leftOut);
            Width width = width(index.part(part));
            boolean isEnd = width == Width.NODE || index.part(part) instanceof Part.Gpu;
            if (isEnd && meetings.length >= ENOUGH) {
                groups.computeIfAbsent(width, key -> new Group(new ArrayList<>()))
                        .meetings()
                        .add(meetings);
            }
        }
        Group none = new Group(List.of());
        Scale rail = groups.getOrDefault(Width.RAIL, none).scale(Double.POSITIVE_INFINITY, USUAL_SPREAD);
        Scale node = groups.getOrDefault(Width.NODE, none).scale(rail.sigma(), Math.max(rail.spread(), USUAL_SPREAD));
        scales.put(Width.RAIL, rail);
        scales.put(Width.NODE, node);
        scales.put(Width.LINK, ofTwoEnds(rail));
        scales.put(Width.NODE_PAIR, ofTwoEnds(node));
    }

    /** Healthy links differ by their ends. The links that met often are those under suspicion: nothing to learn from. */
    private static Scale ofTwoEnds(Scale end) {
        return new Scale(end.sigma(), end.spread() * Math.sqrt(2), end.freedom());
    }

    /** Of one observation. */
    double sigma() {
        return scale(Width.RAIL).sigma();
    }

    /** Slowness in units of what a healthy part may have. */
    double score(Part part, double slowness, int meetings) {
        Scale scale = scale(width(part));
        return slowness / Math.sqrt(square(MEDIAN_COST * scale.sigma()) / meetings + square(scale.spread()));
    }

    /** How often a healthy part scores that much. */
    double chance(Part part, double score) {
        return TDistribution.of(scale(width(part)).freedom()).survivalProbability(score);
    }

    private Scale scale(Width width) {
        return scales.getOrDefault(width, new Scale(Double.POSITIVE_INFINITY, 0, 1));
    }

    private static Width width(Part part) {
        if (part instanceof Part.Node) {
            return Width.NODE;
        }
        if (part instanceof Part.NodePair) {
            return Width.NODE_PAIR;
        }
        return part instanceof Part.Link ? Width.LINK : Width.RAIL;
    }

    private static double square(double value) {
        return value * value;
    }
}
