package dev.assay.device;

/**
 * Parameters of one step of {@code torch.optim.AdamW}: decoupled decay, both moments corrected, eps outside the root.
 *
 * @param step counted from 1
 */
public record AdamW(double rate, double beta1, double beta2, double eps, double weightDecay, int step) {
    public AdamW {
        if (!(rate >= 0)
                || !(beta1 >= 0 && beta1 < 1)
                || !(beta2 >= 0 && beta2 < 1)
                || !(eps >= 0)
                || !(weightDecay >= 0)
                || step < 1) {
            throw new IllegalArgumentException(
                    "AdamW must have rate, eps and weightDecay >= 0, betas in [0, 1) and step >= 1,"
                            + " got rate " + rate + ", beta1 " + beta1 + ", beta2 " + beta2 + ", eps " + eps
                            + ", weightDecay "
                            + weightDecay + ", step " + step);
        }
    }

    /** What a weight keeps of itself. */
    public double decay() {
        return 1 - rate * weightDecay;
    }

    /** The learning rate, corrected for a first moment that began at 0. */
    public double correctedRate() {
        return rate / (1 - Math.pow(beta1, step));
    }

    /** What the root of the second moment is divided by, as it too began at 0. */
    public double secondMomentRoot() {
        return Math.sqrt(1 - Math.pow(beta2, step));
    }

    /** What it keeps of each weight, in fp32: the weight itself and both moments of its gradient. */
    public record States(DeviceMemory master, DeviceMemory m, DeviceMemory v) {}
}
