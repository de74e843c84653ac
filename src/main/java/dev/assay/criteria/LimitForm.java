package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import dev.assay.cluster.Nearest;
import java.util.List;

/** A limit as a criteria file writes it: a number, or one of three that the plan's own figures turn into a number. */
sealed interface LimitForm {
    /** Stands in the file as it is. */
    record Fixed(Limit limit) implements LimitForm {}

    /** At least this share of the fabric's floor. */
    record OfFabricFloor(double share) implements LimitForm {}

    /** At least this share of a NIC's line rate. */
    record OfNicRate(double share) implements LimitForm {}

    /** Exactly the bytes a step that the plan says. */
    record PlannedBytes() implements LimitForm {}

    List<String> KEYS = List.of(
            "atLeast",
            "atMost",
            "equal",
            "within",
            "ofMedian",
            "atMostOfMedian",
            "uniform",
            "atLeastOfFabricFloor",
            "equalToPlannedBytes",
            "atLeastOfNicRate");

    default Limit resolve(PlannedFigures figures) {
        if (this instanceof Fixed fixed) {
            return fixed.limit();
        }
        if (this instanceof OfFabricFloor floor) {
            return new Limit.AtLeast(floor.share() * figures.fabricFloorGBps());
        }
        if (this instanceof OfNicRate rate) {
            return new Limit.AtLeast(rate.share() * figures.nicGBps());
        }
        return new Limit.Equal(figures.stepBytes());
    }

    /** Whether a site may put {@code other} in the place of this: the same kind of limit, only with other figures. */
    default boolean sameKind(LimitForm other) {
        PlannedFigures any = new PlannedFigures(1, 1, 1);
        return resolve(any).getClass() == other.resolve(any).getClass();
    }

    static LimitForm read(InputJson json) {
        json.onlyKeys(KEYS);
        List<String> kinds = KEYS.stream().filter(json::has).toList();
        if (kinds.size() != 1) {
            throw json.error(
                    kinds.size() + " kinds of limit", "exactly one of " + String.join(", ", KEYS), "write one");
        }
        String kind = kinds.get(0);
        return read(kind, json.required(kind, ""));
    }

    private static LimitForm read(String kind, InputJson value) {
        return switch (kind) {
            case "atLeast" -> new Fixed(new Limit.AtLeast(value.number()));
            case "atMost" -> new Fixed(new Limit.AtMost(value.number()));
            case "equal" -> new Fixed(new Limit.Equal(value.number()));
            case "within" -> new Fixed(within(value));
            case "ofMedian" -> new Fixed(new Limit.OfMedian(share(value)));
            case "atMostOfMedian" -> new Fixed(new Limit.AtMostOfMedian(times(value)));
            case "atLeastOfFabricFloor" -> new OfFabricFloor(share(value));
            case "atLeastOfNicRate" -> new OfNicRate(share(value));
            case "uniform" -> {
                onlyTrue(value);
                yield new Fixed(new Limit.Uniform());
            }
            case "equalToPlannedBytes" -> {
                onlyTrue(value);
                yield new PlannedBytes();
            }
            default ->
                throw value.error(kind, String.join(", ", KEYS), Nearest.suggestion(kind, KEYS, "write one of them"));
        };
    }

    private static Limit.Within within(InputJson value) {
        List<InputJson> bounds = value.items();
        if (bounds.size() != 2 || bounds.get(0).number() > bounds.get(1).number()) {
            throw value.error(
                    "bounds that enclose nothing", "[low, high] with low ≤ high", "write two numbers in this order");
        }
        return new Limit.Within(bounds.get(0).number(), bounds.get(1).number());
    }

    private static double share(InputJson value) {
        if (!(value.number() > 0) || value.number() > 1) {
            throw value.error(value.found(), "a share above 0 and at most 1", "write 0.97 for 97 %");
        }
        return value.number();
    }

    private static double times(InputJson value) {
        if (!(value.number() >= 1)) {
            throw value.error(value.found(), "1 or more", "write 1.5 for half as much again");
        }
        return value.number();
    }

    private static void onlyTrue(InputJson value) {
        if (!value.bool()) {
            throw value.error("false", "true", "leave the criterion out instead");
        }
    }
}
