import { compileCell } from "#kernel-ext/cells/index.ts";
import { CellSources } from "#kernel-ext/cells/index.ts";
const o={reserved:new Set<string>(),shadowed:new Set<string>(),parameters:[]};
const src="if (true) { function inner() { return 'x' } }\ninner()";
const c=compileCell(src,o);console.log(c.code);
const s=new CellSources();s.add("f",{label:"c",source:src,maps:c.maps});
c.code.split("\n").forEach((l,i)=>{for(let k=1;k<=l.length;k+=3)console.log(i+1,k,JSON.stringify(l.slice(k-1,k+5)),JSON.stringify(s.locate("f",i+1,k)&&[s.locate("f",i+1,k)!.line,s.locate("f",i+1,k)!.column]))});
console.log(compileCell("@dec class D { @dec m() {} }\nlet q = 5",o).names);
console.log(compileCell("import {type X} from 'a'; import 'b'; const el = <div a={await 1}/>",o).code);
