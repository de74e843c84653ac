package dev.assay.trainer;

import java.util.List;

/**
 * What is gathered by one operation, for the uses of a micro-batch that something is gathered for, counted through both passes.
 *
 * @param opens uses whose slot it is the first to write
 * @param gather may be of no tensor
 * @param closes uses whose weights are whole after it
 */
record GatherLoad(List<Integer> opens, TensorGather gather, List<Integer> closes) {
    GatherLoad {
        opens = List.copyOf(opens);
        closes = List.copyOf(closes);
    }
}
