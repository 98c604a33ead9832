/** With `{ type: "file" }` an import gives the path of the file, inside the executable when compiled. */
declare module "swagger-ui-dist/*" {
  const path: string;
  export default path;
}
