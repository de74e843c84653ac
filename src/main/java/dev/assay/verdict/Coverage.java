package dev.assay.verdict;

/** How many of the units (GPUs, launches) that must have a value have one. */
public record Coverage(int measured, int expected, String what) {
    public boolean whole() {
        return expected > 0 && measured == expected;
    }
}
