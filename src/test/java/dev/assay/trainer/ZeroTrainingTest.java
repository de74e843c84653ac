package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.reference.ReferenceDevice;

class ZeroTrainingTest implements ZeroTrainingContract {
    @Override
    public Device open(int rank) {
        return new ReferenceDevice("n0", rank);
    }

    @Override
    public double first() {
        return 1e-6;
    }

    @Override
    public double later() {
        return 3e-3;
    }

    @Override
    public double normPercent() {
        return 1;
    }
}
