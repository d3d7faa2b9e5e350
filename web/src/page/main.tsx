// The page as it is opened by its address.
import { Frame } from "../layout/Frame";
import { start } from "./start";

start(<Frame />, false);
