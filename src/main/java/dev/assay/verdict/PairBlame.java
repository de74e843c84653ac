package dev.assay.verdict;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/** Takes the part that explains most, again and again, until nothing stands out. */
final class PairBlame {
    /** In how many healthy fleets somebody may be accused by one kind of value; a run looks at two, bandwidth and latency. */
    static final double MOST_CHANCE = 1e-4;
    /** A logarithm: below this a difference is real at best, not a defect. */
    static final double LEAST_SLOWNESS = 0.015;
    /** Worth another look. */
    private static final double SUSPECT_SCORE = 2.5;

    private static final int FEWEST_SUSPECTS = 16;
    /** Beyond that an observation is a stray one; a stray one says no more than that it is. */
    private static final double STRAY = 4;
    /** How many observations may be stray, at least: traffic of others, a retransmit. */
    private static final double USUAL_STRAYS = 0.02;

    private static final double MOST_SURPRISE = 4.5;
    /** A part that explains less of it is no rival, however few observations there are. */
    private static final double ALIKE = 0.7;
    /** Parts are told apart at a likelihood ratio of 1000. */
    private static final double TELL_APART = Math.log(1000);

    private final PairIndex index;
    private final PairNoise noise;
    private final Better better;
    private final int[] tested;
    private final BitSet isTested = new BitSet();
    private final boolean[] explained;
    private final double[] slowness;
    private final double[] score;
    private final double[] gain;
    private final int most;
    private int left;
    private int straysLeft;

    PairBlame(PairIndex index, Better better, Set<String> suspects) {
        this.index = index;
        this.better = better;
        this.noise = new PairNoise(index, index.within(suspects));
        explained = new boolean[index.size()];
        slowness = new double[index.parts()];
        score = new double[index.parts()];
        gain = new double[index.parts()];
        tested = IntStream.range(0, index.parts())
                .filter(part -> index.members(part).length > 0)
                .filter(part -> suspects.containsAll(index.part(part).nodes()))
                .toArray();
        left = index.size();
        straysLeft = (int) IntStream.range(0, left).filter(this::isStray).count();
        most = Math.max(FEWEST_SUSPECTS, suspects.size());
        Arrays.stream(tested).forEach(isTested::set);
        Arrays.stream(tested).forEach(this::look);
    }

    void assign(List<Culprit> culprits, List<Culprit> suspects) {
        boolean found = true;
        while (found && culprits.size() + suspects.size() < most) {
            int best = best();
            found = best >= 0;
            if (found) {
                int[] alike = cannotTellFrom(best);
                Culprit culprit = culprit(best, alike);
                (isAccused(culprit) ? culprits : suspects).add(culprit);
                setAside(alike, slowness[best]);
            }
        }
    }

    private boolean isAccused(Culprit culprit) {
        return culprit.chance() <= MOST_CHANCE && culprit.percent() >= better.percent(LEAST_SLOWNESS);
    }

    /** −1 where nothing stands out. */
    private int best() {
        int best = -1;
        for (int part : tested) {
            boolean standsOut = score[part] >= SUSPECT_SCORE && slowness[part] >= LEAST_SLOWNESS / 2 && gain[part] > 0;
            if (standsOut && (best < 0 || gain[part] > gain[best])) {
                best = part;
            }
        }
        return best;
    }

    /**
     * Of two values that differ much the median explains neither, so the lower one is tried too.
     *
     * <p>What is left of a part of which most is set aside is a chosen piece, and says nothing of the whole.
     */
    private void look(int part) {
        double[] medians = index.meetingMedians(part, explained);
        boolean masked = 2 * unexplained(part) < index.members(part).length;
        slowness[part] = masked ? 0 : Robust.medianOfSorted(medians, medians.length);
        score[part] = masked ? 0 : noise.score(index.part(part), slowness[part], medians.length);
        gain[part] = score[part] < 1
                ? 0
                : Math.max(gain(part, slowness[part]), gain(part, medians[(medians.length - 1) / 2]));
    }

    private void dismiss(int part) {
        score[part] = 0;
        gain[part] = 0;
        isTested.clear(part);
    }

    private int unexplained(int part) {
        int count = 0;
        for (int observation : index.members(part)) {
            count += explained[observation] ? 0 : 1;
        }
        return count;
    }

    /** Logarithm of how much likelier the observations are if this part is that slow. */
    private double gain(int part, double slow) {
        double sum = 0;
        for (int observation : index.members(part)) {
            if (!explained[observation]) {
                double value = index.slowness(observation);
                sum += surprise(value) - surprise(value - slow);
            }
        }
        return sum;
    }

    private double surprise(double residual) {
        double z = residual / noise.sigma();
        return Math.min(MOST_SURPRISE, z * z / 2);
    }

    private int[] cannotTellFrom(int best) {
        Set<Integer> rivals = new TreeSet<>();
        for (int observation : index.members(best)) {
            for (int part : index.partsOf(observation)) {
                if (!explained[observation]
                        && isTested.get(part)
                        && gain[part] > Math.max(gain[best] * ALIKE, gain[best] - TELL_APART)) {
                    rivals.add(part);
                }
            }
        }
        rivals.add(best);
        return rivals.stream().mapToInt(Integer::intValue).toArray();
    }

    private Culprit culprit(int best, int[] alike) {
        double[] medians = index.meetingMedians(best, explained);
        int slow = (int) Arrays.stream(medians)
                .filter(median -> median >= slowness[best] / 2)
                .count();
        double lasting = noise.chance(index.part(best), score[best]) * index.parts();
        double stray = strayChance(best, slow, medians.length) * tested.length;
        return new Culprit(
                Arrays.stream(alike)
                        .mapToObj(index::part)
                        .sorted(Comparator.comparing(Part::text))
                        .toList(),
                better.percent(slowness[best]),
                medians.length,
                slow,
                Math.min(1, Math.max(lasting, stray)));
    }

    /** How often stray values alone slow so many of its meetings; how usual they are is seen at everybody else's. */
    private double strayChance(int part, int slow, int count) {
        int others = 0;
        int strays = 0;
        for (int observation : index.members(part)) {
            others -= explained[observation] ? 0 : 1;
            strays -= isStray(observation) ? 1 : 0;
        }
        others += left;
        strays += straysLeft;
        double share = Math.max(USUAL_STRAYS, others == 0 ? 0 : (double) strays / others);
        return BinomialDistribution.of(count, share).survivalProbability(slow - 1);
    }

    private boolean isStray(int observation) {
        return !explained[observation] && index.slowness(observation) > STRAY * noise.sigma();
    }

    /** What stays stray although so much slowness is explained may have another cause. */
    private void setAside(int[] alike, double slow) {
        Set<Integer> touched = new TreeSet<>();
        for (int part : alike) {
            for (int observation : index.members(part)) {
                if (!explained[observation] && surprise(index.slowness(observation) - slow) < MOST_SURPRISE) {
                    left--;
                    straysLeft -= isStray(observation) ? 1 : 0;
                    explained[observation] = true;
                    Arrays.stream(index.partsOf(observation))
                            .filter(isTested::get)
                            .forEach(touched::add);
                }
            }
        }
        touched.forEach(this::look);
        Arrays.stream(alike).forEach(this::dismiss);
    }
}
