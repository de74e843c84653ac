package dev.assay.worker;

import java.nio.ByteBuffer;
import java.util.List;

/** A number of every rank, so that all decide alike; collective over all ranks of the launch. */
record Told(List<Double> byRank) {
    Told {
        byRank = List.copyOf(byRank);
    }

    static Told of(RankContext context, String name, double mine) {
        byte[] bytes = ByteBuffer.allocate(Double.BYTES).putDouble(mine).array();
        return new Told(context.world().all().allGather(name, bytes).stream()
                .map(each -> ByteBuffer.wrap(each).getDouble())
                .toList());
    }

    double highest() {
        return byRank.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    double lowest() {
        return byRank.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double sum() {
        return byRank.stream().mapToDouble(Double::doubleValue).sum();
    }
}
