/** Says what a process that runs an extension may do. */

import { openParent } from "../../src/platform/remote_host.ts";

const parent = openParent();
parent.listen((message) => {
  const asked = message as readonly Deno.PermissionDescriptor[];
  parent.post(
    asked.map((each) => Deno.permissions.querySync(each).state),
  );
});
