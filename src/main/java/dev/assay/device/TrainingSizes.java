package dev.assay.device;

/** What the operands of one call must be; every method refuses or gives itself back. */
record TrainingSizes(String operation, String shape) {
    /** @throws IllegalArgumentException unless both are positive and their product is at most {@link TrainingKernels#MOST_ELEMENTS} */
    static TrainingSizes of(String operation, long rows, long width) {
        TrainingSizes sizes = new TrainingSizes(operation, rows + " × " + width);
        return sizes.positive("rows or elements", rows)
                .positive("width", width)
                .holds(
                        "elements must be at most " + TrainingKernels.MOST_ELEMENTS,
                        rows <= TrainingKernels.MOST_ELEMENTS / width,
                        rows + " rows");
    }

    TrainingSizes positive(String what, long value) {
        return holds(what + " must be above 0", value > 0, value);
    }

    TrainingSizes notNegative(String what, double value) {
        return holds(what + " must be at least 0 and finite", value >= 0 && value < Double.POSITIVE_INFINITY, value);
    }

    TrainingSizes atMost(String what, long value, long most) {
        return holds(what + " must be at most " + most, value <= most, value);
    }

    TrainingSizes bf16(String what, DeviceMemory memory, long elements) {
        return bytes(what, memory, 2 * elements);
    }

    /** fp32 or int32. */
    TrainingSizes words(String what, DeviceMemory memory, long elements) {
        return bytes(what, memory, Float.BYTES * elements);
    }

    TrainingSizes bytes(String what, DeviceMemory memory, long bytes) {
        return holds(what + " must hold at least " + bytes + " bytes", memory.bytes() >= bytes, memory.bytes());
    }

    TrainingSizes holds(String rule, boolean kept, Object got) {
        if (!kept) {
            throw new IllegalArgumentException("enqueuing " + operation + " on " + shape + ": " + rule + ", got " + got
                    + "; see dev.assay.device.TrainingKernels for the shapes of its operands");
        }
        return this;
    }
}
