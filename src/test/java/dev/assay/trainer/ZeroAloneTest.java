package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.reference.ReferenceDevice;

class ZeroAloneTest implements ZeroAloneContract {
    private final Device device = new ReferenceDevice("n0", 0);

    @Override
    public Device device() {
        return device;
    }
}
