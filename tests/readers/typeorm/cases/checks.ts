import { Check, Column, Entity, Exclusion, PrimaryColumn } from "typeorm";
@Entity()
@Check(`"age" > 18`)
@Check("named_ck", `"name" <> ''`)
@Exclusion(`USING gist ("during" WITH &&)`)
@Exclusion("named_xcl", `USING gist ("during" WITH &&, "room" WITH =)`)
export class C { @PrimaryColumn() id: number; @Column() age: number; @Column() name: string; @Column("tsrange") during: string; @Column() room: number; }
