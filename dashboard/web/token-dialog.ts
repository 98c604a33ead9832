import { createDialog } from "./dialog.ts";
import { element } from "./element.ts";

/** Asks the person for the token that changes need. It is kept as long as the page, nowhere else. */
export function createTokenQuestion(): () => Promise<string | undefined> {
  const input = element("input", { type: "password", id: "token", autocomplete: "off", required: true });
  const form = element(
    "form",
    { method: "dialog" },
    element("p", {}, "This pipeline takes changes only with a token (API_TOKEN of the services)."),
    element("label", { for: "token" }, "Token"),
    input,
    element("button", { type: "submit", class: "primary" }, "Use it"),
  );
  const dialog = createDialog("token-dialog", "A token is needed", form);
  return () => {
    input.value = "";
    dialog.root.returnValue = "";
    dialog.open();
    return new Promise((resolve) => {
      let given: string | undefined;
      form.onsubmit = () => {
        given = input.value;
      };
      dialog.root.onclose = () => resolve(given);
    });
  };
}
